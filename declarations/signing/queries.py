"""Questions about signing: what somebody has read, what they may sign, who answers them, and which code a tablet uses."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

# allauth writes and reads its own codes with these.
from allauth.core.internal.cryptokit import normalize_user_code
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.organisation.authorise import AUDITORS, LEADERSHIP, OFFICE, may_act
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.policies.text.sections import Section, sections
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.models.response import Response
from declarations.signing.status import PersonStatus, SigningStatus, signing_status

# Whoever has used a code reads and signs within this; a pause of two minutes ends it sooner (views/kiosk.py).
TIME_AT_THE_TABLET = dt.timedelta(minutes=30)
LONGEST_METHOD = 80
# Who reads what everybody at the school has signed.
READERS = LEADERSHIP | AUDITORS


@dataclass(frozen=True, slots=True)
class Progress:
    """Keys of sections, in the text's order: `unread` were never shown; `unchanged` were shown in another version, word for word."""

    unread: list[str]
    unchanged: list[str]


def progress(*, person: Person, version: PolicyVersion) -> Progress:
    """How far the person has come in this version; two queries at most.

    A section counts if it was shown to them in this version, or if one with the same title and text, to the letter, was shown to
    them in another version of the document. Nothing is noted for a section that was not shown: docs/decisions/0030.
    """
    of_document = SectionRead.objects.filter(person=person, version__school=version.school_id, version__document=version.document)
    read: dict[int, set[str]] = defaultdict(set)
    for pk, key in of_document.values_list("version", "section_key"):
        read[pk].add(key)
    not_shown = [section for section in version.sections() if section.key not in read[version.pk]]
    elsewhere = read.keys() - {version.pk}
    known: set[tuple[str, str]] = set()
    if not_shown and elsewhere:
        for pk, body in PolicyVersion.objects.filter(pk__in=elsewhere).values_list("pk", "body"):
            known |= {(section.title, section.body) for section in sections(body) if section.key in read[pk]}
    unchanged = [section.key for section in not_shown if (section.title, section.body) in known]
    return Progress([section.key for section in not_shown if section.key not in unchanged], unchanged)


def unread(*, person: Person, version: PolicyVersion) -> list[str]:
    """The keys of the sections that the person has not been shown yet, in the text's order: see `progress`."""
    return progress(person=person, version=version).unread


def current_texts(school: School, *, on: dt.date) -> tuple[PolicyVersion, PolicyVersion] | None:
    """The AUP and the leaflet that are in effect on this day; None while one of them is missing. One query."""
    current = PolicyVersion.objects.filter(school=school).current(on=on)
    aup, leaflet = current.get("aup"), current.get("leaflet")
    return (aup, leaflet) if aup is not None and leaflet is not None else None


def is_changed(person: Person, *versions: PolicyVersion) -> bool:
    """Whether one of these is not the version that the person signed last; not if they never signed. One query."""
    signed = Declaration.objects.filter(person=person).newest_first().only("aup", "leaflet").first()
    return signed is not None and not signed.is_on(*versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """What somebody who comes to sign finds: both texts, the sections of the leaflet that they have not read, and their signing status."""

    aup: PolicyVersion
    leaflet: PolicyVersion
    unread: list[Section]
    signing_status: PersonStatus

    @property
    def signed(self) -> Declaration | None:
        """The declaration that leaves nothing to sign, if there is one."""
        return self.signing_status.declaration if self.signing_status.status == SigningStatus.SIGNED else None

    @property
    def is_changed(self) -> bool:
        """Whether one of the texts is not the version that the person signed before; not if they never signed."""
        signed = self.signing_status.declaration
        return signed is not None and not signed.is_on(self.aup, self.leaflet)


def to_sign(*, person: Person, school: School, on: dt.date) -> ToSign | None:
    """What this person finds on this day; None while a text is missing."""
    texts = current_texts(school, on=on)
    if texts is None:
        return None
    aup, leaflet = texts
    keys = unread(person=person, version=leaflet)
    sections_unread = [section for section in leaflet.sections() if section.key in keys]
    return ToSign(aup=aup, leaflet=leaflet, unread=sections_unread, signing_status=signing_status(person=person, on=on))


def texts_on(school: School, *, person: Person, signed_on: dt.date, at: dt.datetime) -> tuple[PolicyVersion, PolicyVersion]:
    """The AUP and the leaflet that were current on the day on the paper. Raises RefusedError: `signed_on`."""
    if signed_on > school.day_of(at):
        raise RefusedError(_("That day is still to come: copy the day on the paper."), "signed_on")
    if not Person.objects.filter(pk=person.pk).at_school(on=signed_on).exists():
        raise RefusedError(_("They were not at the school on that day."), "signed_on")
    texts = current_texts(school, on=signed_on)
    if texts is None:
        raise RefusedError(_("No leaflet and policy were in effect on that day."), "signed_on")
    return texts


def listener(*, school: School, person: Person, at: dt.datetime) -> Person | None:
    """Who answers this person: whom the school names, else the headteacher; None for all the leadership."""
    for leader in (school.listener, school.headteacher):
        if leader is not None and leader.pk != person.pk and may_act(by=leader, school=school, roles=LEADERSHIP, at=at):
            return leader
    return None


def may_answer(*, by: Person, response: Response, at: dt.datetime) -> bool:
    """Anybody of the leadership, so that nothing waits for one who is away; nobody answers their own response."""
    return by.pk != response.person_id and may_act(by=by, school=response.school, roles=LEADERSHIP, at=at)


def is_lent(tablet: KioskSession, *, at: dt.datetime) -> bool:
    """Whether the tablet is open, and whoever opened it may still lend it."""
    return tablet.is_open(at=at) and may_act(by=tablet.opened_by, school=tablet.school, roles=OFFICE, at=at)


def hash_of(code: str) -> str:
    """The part of a code that is kept, without dashes, spaces and case; it needs the server's key, so the table alone finds no code."""
    return salted_hmac("declarations.signing_code", normalize_user_code(code), algorithm="sha256").hexdigest()


def code_in_use(*, code_id: int, tablet: KioskSession, at: dt.datetime) -> SigningCode | None:
    """The code with which somebody sits at this tablet now; None once it is done, or took too long."""
    return (
        SigningCode.objects.filter(pk=code_id, tablet=tablet, used_at__gt=at - TIME_AT_THE_TABLET, done_at__isnull=True)
        .select_related("person__school", "given_by")
        .first()
    )


def sign_in_method(code: SigningCode) -> str:
    """How the signer proved who they are, as the certificate prints it, shortened to what there is room for."""
    method = _("shared tablet, one-time code given by %(name)s") % {"name": code.given_by.full_name}
    return method if len(method) <= LONGEST_METHOD else f"{method[: LONGEST_METHOD - 1]}…"
