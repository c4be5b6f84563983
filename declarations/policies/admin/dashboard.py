"""What the dashboard says about the texts."""

from django.http import HttpRequest

from declarations.policies.models import PolicyVersion
from declarations.web.admin_base import LEADERSHIP, context_of, has_role
from declarations.web.capability import Context


def texts(request: HttpRequest) -> Context | None:
    """Which document has no version in effect, without which nobody can sign, and which is to be reviewed."""
    school, on = context_of(request).school, context_of(request).on
    if school is None:
        return None
    current = PolicyVersion.objects.filter(school=school).current(on=on)
    return {
        "missing": [label for document, label in PolicyVersion.Document.choices if document not in current],
        "to_review": [version for version in current.values() if version.is_to_be_reviewed(on=on)],
    }


def drafts(request: HttpRequest) -> Context | None:
    school = context_of(request).school
    unpublished = PolicyVersion.objects.filter(published_at__isnull=True, **({"school": school} if school else {}))
    rows = list(unpublished.select_related("school"))
    return {"drafts": rows, "may_publish": has_role(request, LEADERSHIP)} if rows else None
