"""What changed since one signed: from the exact versions that were signed to those in effect."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from declarations.signing.queries import current_texts, unread
from declarations.signing.status import signing_status
from declarations.signing.views.read import nothing_yet
from declarations.web.decorators import StaffRequest, staff


@staff
@require_safe
def changes(request: StaffRequest) -> HttpResponse:
    """Clause by clause, with the reason of everybody who published. To look at this is not to have read the sections: nothing is noted."""
    texts = current_texts(request.school, on=request.on)
    if texts is None:
        return nothing_yet(request)
    aup, leaflet = texts
    declaration = Declaration.objects.filter(person=request.person).select_related("aup", "leaflet").newest_first().first()
    pairs = [(declaration.leaflet, leaflet), (declaration.aup, aup)] if declaration else []
    return render(
        request,
        "signing/changes.html",
        {
            "declaration": declaration,
            "texts": since(request.school, [(old, new) for old, new in pairs if old.pk != new.pk]),
            "same": [new for old, new in pairs if old.pk == new.pk],
            "unread": unread(person=request.person, version=leaflet),
            "leaflet": leaflet,
            "must_sign": request.person.category != Person.Category.EXTERNAL
            and signing_status(person=request.person, on=request.on).is_to_sign,
        },
    )


def since(school: School, pairs: list[tuple[PolicyVersion, PolicyVersion]]) -> list[dict[str, Any]]:
    """Each text as it was signed and as it is now, and every version published after the one and up to the other.

    One query for the versions in between, without their texts.
    """
    between = Q(pk__in=[])
    for old, new in pairs:
        between |= Q(document=new.document, number__gt=old.number, number__lte=new.number)
    versions = PolicyVersion.objects.published().filter(between, school=school).order_by("number")
    published = list(versions.only("document", "number", "title", "effective_from", "sign_by", "publish_reason"))
    return [
        {
            "old": old,
            "new": new,
            "changes": new.changes_since(old),
            "published": [version for version in published if version.document == new.document],
        }
        for old, new in pairs
    ]
