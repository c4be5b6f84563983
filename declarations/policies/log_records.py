"""Writes and reconciles the log's records of published texts."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from declarations.evidence import log as evidence
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import by_number, compare, left_over
from declarations.evidence.scan import LogContents, Record
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.policies.text import placeholders
from declarations.web.capability import LogKind

LOG_KINDS = (LogKind(name="policy.published", title=_("a text was published"), needs={"policy": int}),)

# The log did not say these from its beginning.
ADDED_LATER = {"approval_minute", "review_on"}


def facts_of(version: PolicyVersion) -> dict[str, Json]:
    """What the log says of a published version; the text itself is in its SHA-256."""
    return {
        "policy": version.pk,
        "document": version.document,
        "number": version.number,
        "title": version.title,
        "sha256": version.sha256,
        "statement": version.statement,
        "confirmations": version.confirmations,
        "effective_from": evidence.day_text(version.effective_from),
        "sign_by": evidence.day_text(version.sign_by),
        "reason": version.publish_reason,
        "approved_by": version.approved_by,
        "approved_on": evidence.day_text(version.approved_on),
        "approval_minute": version.approval_minute,
        "review_on": evidence.day_text(version.review_on),
    }


def check_policies(log: Log, contents: LogContents) -> Iterator[str]:
    logged = {record["policy"]: record for record in contents.of("policy.published")}
    rows = PolicyVersion.objects.published().filter(school=log.school_id)
    for row in rows:
        where = f"{row.get_document_display()} version {row.number}"
        record = by_number(logged.get(row.pk))
        facts: Record = facts_of(row) | {"by": row.published_by_id}
        if record is not None:
            # A record from before the log said these says nothing about them.
            facts = {name: fact for name, fact in facts.items() if name in record or name not in ADDED_LATER}
        yield from compare(where, record, facts, kind="policy.published", contents=contents, at=row.published_at)
        if placeholders.sha256_of(row.body) != row.sha256:
            yield f"{where}: the text does not match its SHA-256"
    yield from left_over("a text was published", logged.values(), "policy", rows.values_list("pk", flat=True))


def has_published(school: School) -> bool:
    return PolicyVersion.objects.published().filter(school=school).exists()
