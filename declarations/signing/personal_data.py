"""The personal data of signing: declarations, signatures on paper, responses, exemptions, and for how long they are kept."""

from typing import cast

from django.db.models import Q, QuerySet

from declarations.evidence.erase import erase_records_of
from declarations.mail.models import Email
from declarations.mail.personal_data import delete_emails
from declarations.organisation.models.person import Person
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.models.paper import SCAN_ENDINGS, PaperSignature
from declarations.signing.models.response import Exemption, Response
from declarations.web.capability import Cutoff, PersonalData, RetentionRule


def scans_of(person: Person) -> dict[str, bytes]:
    """What they signed on paper, as it was scanned."""
    papers = PaperSignature.objects.filter(declaration__person=person, scan__isnull=False)
    return {
        f"paper/{paper.declaration.reference}.{SCAN_ENDINGS[paper.scan_type]}": bytes(cast("bytes", paper.scan))
        for paper in papers.select_related("declaration")
    }


PERSONAL_DATA = (
    # The statement is what the person signed and was given: nobody need read it again before it is handed over.
    PersonalData(
        model=Declaration,
        about=("person",),
        names=("person_name", "person_email"),
        free_text=("signed_in_with",),
        contacts=("signed_in_with",),
        fixed=(
            "reference", "school_name", "person_name", "person_email", "person_title",
            "statement", "confirmations", "typed_name", "time_zone",
        ),
        # By its reference for its signer alone: the verify page tells everybody who signed it.
        label=lambda declaration, person: declaration.reference if declaration.person_id == person.pk else None,
        place=lambda declaration: f"declaration {declaration.reference}: who gave its code",
    ),
    PersonalData(model=SignatureMetadata, about=("declaration__person",), fixed=("browser",)),
    # The scan is handed over as a file.
    PersonalData(
        model=PaperSignature,
        about=("declaration__person",),
        acts={"entered_by": "declaration__signed_at"},
        free_text=("sighted_by", "filed_where"),
        contacts=("sighted_by",),
        fixed=("scan_sha256",),
        secret=("scan",),
        school="declaration__school",
        place=lambda paper: f"declaration {paper.declaration.reference}, on paper: who sighted it, or where it is filed",
        files=scans_of,
    ),
    PersonalData(
        model=Response,
        about=("person",),
        acts={"said_to": "said_at", "answered_by": "answered_at"},
        free_text=("reason", "answer"),
    ),
    PersonalData(
        model=Exemption,
        about=("person",),
        acts={"granted_by": "granted_at", "ended_by": "ended_at"},
        free_text=("reason",),
        place=lambda exemption: f"exemption {exemption.pk}: its reason",
    ),
    PersonalData(model=KioskSession, acts={"opened_by": "opened_at", "closed_by": "closed_at"}),
    PersonalData(model=SigningCode, about=("person",), acts={"given_by": "given_at"}, secret=("code_hash",)),
)  # fmt: skip


def old_signature_metadata(cutoff: Cutoff) -> QuerySet[SignatureMetadata]:
    return SignatureMetadata.objects.filter(declaration__school=cutoff.school, declaration__signed_at__lt=cutoff.moment)


def old_exemptions(cutoff: Cutoff) -> QuerySet[Exemption]:
    return Exemption.objects.filter(Q(ended_at__lt=cutoff.moment) | Q(until__lt=cutoff.day), school=cutoff.school)


def delete_exemptions(numbers: set[int], cutoff: Cutoff) -> None:
    Exemption.objects.filter(pk__in=numbers).delete()
    erase_records_of("exemption", numbers, school=cutoff.school, at=cutoff.at)


def old_responses(cutoff: Cutoff) -> QuerySet[Response]:
    return Response.objects.filter(school=cutoff.school, answered_at__lt=cutoff.moment)


def delete_responses(numbers: set[int], cutoff: Cutoff) -> None:
    delete_emails(Email.objects.filter(response__in=numbers))
    Response.objects.filter(pk__in=numbers).delete()
    erase_records_of("reply", numbers, school=cutoff.school, at=cutoff.at)


RETENTION = (
    RetentionRule(kind="contexts", order=20, kept_for="context_months", rows=old_signature_metadata),
    RetentionRule(kind="exemptions", order=60, kept_for="exemption_months", rows=old_exemptions, dispose=delete_exemptions),
    RetentionRule(kind="replies", order=70, kept_for="reply_months", rows=old_responses, dispose=delete_responses),
)
