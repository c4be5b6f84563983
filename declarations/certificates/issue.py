"""Hands out certificates, and logs each different file once."""

import datetime as dt
import hashlib

from django.db import IntegrityError, transaction

from declarations.certificates.certificate import certificate_pdf
from declarations.certificates.models import IssuedCertificate
from declarations.evidence import canonical_json, log, receipts
from declarations.organisation.models.person import Person
from declarations.signing.log_records import disagreement
from declarations.signing.models.declaration import Declaration


def issue(*, declaration: Declaration, by: Person | None, at: dt.datetime) -> bytes:
    """Draw the certificate with its proof inside; the log gets its SHA-256 as `certificate.issued`, once for each different file.

    Fetch the declaration `with_texts()`.
    Raises MissingKeyError; ErasedRecordError; BrokenLogError if the record and the row of the declaration disagree.
    """
    receipt = receipts.receipt(entry=declaration.entry, at=at)
    if words := disagreement(declaration, canonical_json.parse(receipt.record)):
        raise log.BrokenLogError(f"declaration {declaration.reference}: {words}")
    pdf = certificate_pdf(declaration=declaration, receipt=receipt)
    sha256 = hashlib.sha256(pdf).hexdigest()
    issued = IssuedCertificate.objects.filter(entry=declaration.entry_id, sha256=sha256)
    if not issued.exists():
        try:
            with transaction.atomic():
                log_issue(declaration, sha256, by=by, at=at)
        except IntegrityError:
            # Two people fetched it for the first time at the same moment, and the other request has logged it.
            if not issued.exists():
                raise
    return pdf


def log_issue(declaration: Declaration, sha256: str, *, by: Person | None, at: dt.datetime) -> None:
    entry = log.append(
        school=declaration.school,
        kind="certificate.issued",
        at=at,
        by=by,
        facts={"reference": declaration.reference, "declaration": declaration.entry.position, "pdf_sha256": sha256},
    )
    IssuedCertificate.objects.create(entry=declaration.entry, sha256=sha256, logged_as=entry, issued_at=at)
