"""The personal data of policies: who published and approved them, whom their texts name, and who has read which section."""

from django.utils.translation import gettext as _

from declarations.policies.models import PolicyVersion, SectionRead
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    PersonalData(
        model=PolicyVersion,
        acts={"published_by": "published_at"},
        free_text=(
            "title", "body", "source_body", "statement", "source_statement", "publish_reason", "approved_by", "approval_minute",
        ),
        contacts=("approved_by",),
        fixed=("source_confirmations", "confirmations", "sha256"),
        label=lambda version, _person: f"{version.get_document_display()}, {_('version')} {version.number}, SHA-256 {version.sha256}",
        place=lambda version: f"{version.school}: {version}",
    ),
    PersonalData(model=SectionRead, about=("person",), fixed=("section_key",)),
)  # fmt: skip
