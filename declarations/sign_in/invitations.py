"""Invitations to sign in for the first time: a link that works once, for a week."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.authorise import OFFICE, require_role
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.sign_in.models import Invitation

LIVES = dt.timedelta(days=7)
# Within this time a second click makes no second invitation.
APART = dt.timedelta(minutes=1)


def secret_of(invitation: Invitation) -> str:
    """Work out the secret in the link from the row's salt and SECRET_KEY; "" if it was made with a key that is gone.

    The secret is stored nowhere, so the database alone opens no account. The e-mail works it out each time that it is sent.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = worked_out(invitation.salt, key=key)
        if fingerprint(secret) == invitation.sha256:
            return secret
    return ""


def worked_out(salt: str, *, key: str) -> str:
    return salted_hmac("declarations.invitation", salt, secret=key, algorithm="sha256").hexdigest()


def fingerprint(secret: str) -> str:
    """The SHA-256 of a secret in hex, which we store. It needs no salt, because nobody can guess 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def never_signed_in(school: School, *, on: dt.date) -> QuerySet[Person]:
    """Everybody at the school, or about to come, who has an e-mail address and has never signed in."""
    people: QuerySet[Person] = Person.objects.filter(school=school, last_login__isnull=True).exclude(email="")
    return people.exclude(leaves_on__lte=on).order_by("full_name", "id")


def invite(*, person: Person, by: Person, at: dt.datetime) -> Invitation:
    """Send somebody an e-mail with a link; an earlier link stops working.

    Raises RefusedError: `no_school`, `not_yours`, `left`, `no_email`, `signed_in`, `twice`.
    """
    school = person.school
    if school is None:
        raise RefusedError(_("People of the trust sign in with a code that is sent to their e-mail address."), "no_school")
    on = school.day_of(at)
    require_role(by=by, school=school, roles=OFFICE, at=at, sentence=_("Only the leadership and administrators of the school invite."))
    try:
        with transaction.atomic():
            person = Person.objects.select_for_update(of=("self",)).select_related("school").get(pk=person.pk)
            check_can_be_invited(person, on=on)
            before = Invitation.objects.filter(person=person, accepted_at__isnull=True, ended_at__isnull=True)
            if before.filter(made_at__gt=at - APART).exists():
                raise RefusedError(_("They have been invited this minute already."), "twice")
            before.update(ended_at=at)
            salt = secrets.token_hex(16)
            invitation = Invitation.objects.create(
                person=person,
                salt=salt,
                sha256=fingerprint(worked_out(salt, key=settings.SECRET_KEY)),
                made_at=at,
                made_by=by,
                expires_at=at + LIVES,
            )
            outbox.queue(Email.Kind.INVITATION, school=school, recipient=person, at=at, invitation=invitation)
            facts = {"person": log.who(person), "invitation": invitation.pk}
            log.append(school=school, kind="invitation.made", at=at, by=by, facts=facts)
            return invitation
    except IntegrityError as clash:
        raise RefusedError(_("They have been invited this minute already."), "twice") from clash


def check_can_be_invited(person: Person, *, on: dt.date) -> None:
    if person.has_left(on=on):
        raise RefusedError(_("They have left."), "left")
    if not person.email:
        raise RefusedError(_("They have no e-mail address here."), "no_email")
    if person.last_login is not None:
        raise RefusedError(_("They have signed in already: a new password, or a code, is to be had on the sign-in page."), "signed_in")


def invite_many(*, people: Iterable[Person], by: Person, at: dt.datetime) -> tuple[int, list[tuple[Person, str]]]:
    """Invite each person in a transaction of their own; return how many were, and who was not with the reason."""
    invited, left_out = 0, []
    for person in people:
        try:
            invite(person=person, by=by, at=at)
            invited += 1
        except RefusedError as refused:
            left_out.append((person, str(refused)))
    return invited, left_out


def open_invitation(*, secret: str, at: dt.datetime) -> Invitation | None:
    """Return the invitation of this link, if the link works now.

    None if it is wrong, used, too old or replaced, or if the person has left or has signed in another way since.
    """
    invitation = (
        Invitation.objects.filter(sha256=fingerprint(secret), accepted_at__isnull=True, ended_at__isnull=True, expires_at__gt=at)
        .select_related("person__school")
        .first()
    )
    if invitation is None or invitation.person.school is None or invitation.person.last_login is not None:
        return None
    if invitation.person.has_left(on=invitation.person.school.day_of(at)) or not invitation.person.email:
        return None
    # If their address has changed since, somebody else may read the mailbox that has the link.
    return invitation if invitation.emails.filter(recipient__iexact=invitation.person.email).exists() else None


def end_invitations(*, person: Person, at: dt.datetime) -> None:
    """Make the links that were sent to a person stop working."""
    Invitation.objects.filter(person=person, accepted_at__isnull=True, ended_at__isnull=True).update(ended_at=at)


def accept(*, invitation: Invitation, password: str, at: dt.datetime) -> Person:
    """Use up an invitation and set the password, unless it is "". Raises RefusedError: `gone`."""
    with transaction.atomic():
        live = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, ended_at__isnull=True, expires_at__gt=at)
        if not live.update(accepted_at=at):
            raise RefusedError(_("This link has been used already."), "gone")
        person = Person.objects.select_for_update(of=("self",)).select_related("school").get(pk=invitation.person_id)
        if person.last_login is not None:
            raise RefusedError(_("You have signed in already, so this link is not needed any more."), "gone")
        if password:
            Person.objects.filter(pk=person.pk).update(password=make_password(password))
        if person.school is not None:
            facts = {"person": log.who(person), "invitation": invitation.pk}
            log.append(school=person.school, kind="invitation.accepted", at=at, by=person, facts=facts)
        return Person.objects.select_related("school").get(pk=person.pk)  # type: ignore[no-any-return]  # the manager is typed by hand
