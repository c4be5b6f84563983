"""Erasure of one declaration."""

import datetime as dt

from django.db import transaction

from declarations.evidence.erase import erase_records
from declarations.evidence.models import Entry
from declarations.mail.models import Email
from declarations.people.legal_holds import locked, refuse_if_held
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.paper import PaperSignature


def erase_declaration(*, declaration: Declaration, reason: str, at: dt.datetime) -> None:
    """Erases one declaration, on an upheld request: its record, its row, its e-mails and issued certificates' records.

    Raises RefusedError, `held`, while a legal hold on its signer lasts.
    """
    with transaction.atomic():
        refuse_if_held(locked(declaration.person))
        entry = Entry.objects.select_related("log__school").get(pk=declaration.entry_id)
        issues = [certificate.logged_as for certificate in entry.certificates.select_related("logged_as__log__school")]
        Email.objects.filter(declaration=declaration).delete()
        SignatureMetadata.objects.filter(declaration=declaration).delete()
        erase_records([entry, *issues], reason=reason, at=at)
        PaperSignature.objects.filter(declaration=declaration).delete()
        Declaration.objects.filter(pk=declaration.pk).delete()
