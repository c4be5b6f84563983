"""What the log records of accounts at Microsoft and Google, of invitations and of help with signing in; compares the tables with it."""

from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, by_number, check_rows, compare
from declarations.evidence.scan import LogContents, Record
from declarations.sign_in.models import IdentityProvider, Invitation, LinkedAccount
from declarations.web.capability import LogKind

AN_ACCOUNT = {"person": dict, "provider": str, "subject": str}
AN_INVITATION = {"person": dict, "invitation": int}
LOG_KINDS = (
    LogKind(name="account.linked", title=_("a way of signing in was linked"), about="person", needs=AN_ACCOUNT),
    LogKind(name="account.unlinked", title=_("a way of signing in was unlinked"), about="person", needs=AN_ACCOUNT),
    LogKind(name="factors.reset", title=_("somebody's second factors were taken away"), about="person"),
    LogKind(name="invitation.made", title=_("somebody was invited"), about="person", needs=AN_INVITATION),
    LogKind(name="invitation.accepted", title=_("an invitation was accepted"), about="person", needs=AN_INVITATION),
    LogKind(name="provider.set_up", title=_("a way of signing in was set up"), needs={"provider": str}),
    LogKind(name="sessions.ended", title=_("somebody was signed out everywhere"), about="person"),
)


def facts_of_provider(provider: IdentityProvider) -> dict[str, Json]:
    """What the log says of a provider each time that it is set up."""
    return {
        "provider": provider.slug,
        "type": provider.kind,
        "client_id": provider.client_id,
        "tenant": provider.tenant,
        "domains": provider.domains,
        "second_factor": provider.second_factor,
        "in_use": provider.in_use,
    }


def check_providers(log: Log, contents: LogContents) -> Iterator[str]:
    """Each provider is what the log said of it last; one of the trust, or of before entries were signed, may be older than what it said."""
    newest = {record["provider"]: record for record in contents.of("provider.set_up")}
    began_signed = contents.records.get(0, {}).get("signed_from") == 0
    providers = IdentityProvider.objects.filter(Q(school=log.school_id) | Q(school__isnull=True))
    for provider in providers.order_by("pk"):
        record = newest.pop(provider.slug, None)
        if record is not None or (provider.school_id is not None and began_signed):
            yield from compare(
                f"provider {provider.pk}", record, dict(facts_of_provider(provider)), kind="provider.set_up", contents=contents
            )
    for slug, record in newest.items():
        yield f"position {record['position']}: a provider was set up, but the tables hold no such row ({slug})"


def check_accounts(log: Log, contents: LogContents) -> Iterator[str]:
    """The accounts that were linked and unlinked, in turn: their records name person, provider and subject, and no row.

    Those of the trust's people stand in the log of every school that there was by then.
    """
    begun = contents.times[0] if contents.times else None
    ours = LinkedAccount.objects.filter(Q(person__school=log.school_id) | Q(person__school__isnull=True))
    rows = list(ours.select_related("person", "provider").order_by("pk"))
    for kind, at, by in (("account.linked", "linked_at", "person_id"), ("account.unlinked", "ended_at", "ended_by_id")):
        logged: dict[tuple[int, str, str], list[Record]] = defaultdict(list)
        for record in contents.of(kind):
            logged[record["person"]["id"], record["provider"], record["subject"]].append(record)
        for row in (row for row in rows if getattr(row, at) is not None):
            records = logged[row.person_id, row.provider.slug, row.subject]
            if not records and row.person.school_id is None and begun is not None and getattr(row, at) < begun:
                continue
            known, facts = by_number(records.pop(0) if records else None), {"by": getattr(row, by)}
            yield from compare(f"linked account {row.pk}, {at}", known, facts, kind=kind, contents=contents, at=getattr(row, at))
        for record in (record for records in logged.values() for record in records):
            yield f"position {record['position']}: {kind}, but the tables hold no such row ({record['subject']})"


def check_invitations(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "invitation",
        "invitation",
        Invitation.objects.filter(person__school=log.school_id).order_by("pk"),
        contents,
        Happening("invitation.made", "made", attrgetter("made_at"), lambda row: {"by": row.made_by_id, "person": row.person_id}),
        Happening("invitation.accepted", "accepted", attrgetter("accepted_at"), lambda row: {"by": row.person_id, "person": row.person_id}),
    )
