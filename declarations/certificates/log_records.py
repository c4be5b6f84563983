"""What the log records when a certificate is handed out, and how the tables are compared with it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from declarations.certificates.models import IssuedCertificate
from declarations.evidence.models import Log
from declarations.evidence.reconcile import compare, left_over
from declarations.evidence.scan import LogContents, Record
from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(
        name="certificate.issued", title=_("a certificate was handed out"), about="reference", needs={"pdf_sha256": str}, by_command=False
    ),
)


def check_certificates(log: Log, contents: LogContents) -> Iterator[str]:
    """Compare the certificates that were handed out with the log; yield a line for each difference."""
    rows = IssuedCertificate.objects.filter(entry__log=log).select_related("entry", "logged_as").defer("entry__record", "logged_as__record")
    for row in rows:
        record = contents.records.get(row.logged_as.position)
        where = f"issued certificate {row.sha256}"
        facts: Record = {"pdf_sha256": row.sha256, "declaration": row.entry.position}
        yield from compare(where, record, facts, kind="certificate.issued", contents=contents, at=row.issued_at)
    known = rows.values_list("sha256", flat=True)
    yield from left_over("a certificate was issued", contents.of("certificate.issued"), "pdf_sha256", known)
