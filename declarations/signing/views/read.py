"""Reading: the leaflet, the policy, and every version that was ever published.

Showing a section on a GET is what records that the person was shown it; nothing else here changes anything.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from declarations.organisation.models.person import Person
from declarations.policies.models import PolicyVersion
from declarations.policies.text.sections import Section
from declarations.signing.actions import sign
from declarations.signing.queries import READERS, is_changed, progress, unread
from declarations.web.decorators import PersonRequest, StaffRequest, signed_in, staff
from declarations.web.middleware import ContextRequest


def current(request: StaffRequest, document: str) -> PolicyVersion | None:
    """The version of `leaflet` or `aup` that is in effect today."""
    return PolicyVersion.objects.filter(school=request.school, document=document).current(on=request.on).get(document)


def sections_shown(request: ContextRequest, version: PolicyVersion, *, to: Person) -> list[Section]:
    """The sections of a text that the response shows to this person, recorded as shown; a HEAD shows nothing."""
    sections = version.sections()
    if request.method != "HEAD":
        sign.record_shown(person=to, version=version, section_keys=[section.key for section in sections], at=request.at)
    return sections


def nothing_yet(request: StaffRequest) -> HttpResponse:
    return render(request, "signing/nothing_published.html")


@staff
@require_safe
def contents(request: StaffRequest) -> HttpResponse:
    """The leaflet's sections, and how far one has come."""
    version = current(request, "leaflet")
    if version is None:
        return nothing_yet(request)
    sections = version.sections()
    so_far = progress(person=request.person, version=version)
    return render(
        request,
        "signing/leaflet.html",
        {
            "version": version,
            "rows": [(section, section.key not in so_far.unread, section.key in so_far.unchanged) for section in sections],
            "is_changed": is_changed(request.person, version),
            "read": len(sections) - len(so_far.unread),
            "total": len(sections),
            "next": next((section for section in sections if section.key in so_far.unread), None),
        },
    )


@staff
@require_safe
def section(request: StaffRequest, key: str) -> HttpResponse:
    """One section, with the way back and on."""
    version = current(request, "leaflet")
    sections = version.sections() if version else []
    place = next((place for place, section in enumerate(sections) if section.key == key), None)
    if version is None or place is None:
        raise Http404
    if request.method != "HEAD":
        sign.record_shown(person=request.person, version=version, section_keys=[key], at=request.at)
    keys = unread(person=request.person, version=version)
    return render(
        request,
        "signing/section.html",
        {
            "version": version,
            "section": sections[place],
            "number": place + 1,
            "total": len(sections),
            "read": len(sections) - len(keys),
            "previous": sections[place - 1] if place else None,
            "next": sections[place + 1] if place + 1 < len(sections) else None,
            "next_unread": next((section for section in sections if section.key in keys), None),
        },
    )


@staff
@require_safe
def whole_text(request: StaffRequest, document: str, template: str) -> HttpResponse:
    """The leaflet or the policy on one page, for reading in one go and for printing."""
    version = current(request, document)
    if version is None:
        return nothing_yet(request)
    context = {"version": version, "sections": sections_shown(request, version, to=request.person)}
    return render(request, template, {**context, "is_changed": is_changed(request.person, version)})


@signed_in
@require_safe
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """Any version that the school ever published: what one signed can be read again for ever."""
    versions = PolicyVersion.objects.published().select_related("school")
    if request.person.school_id is not None:
        versions = versions.filter(school=request.person.school_id)
    elif not request.roles & READERS:
        raise Http404
    version = get_object_or_404(versions, pk=pk)
    return render(request, "signing/version.html", {"version": version, "sections": version.sections(), "of_school": version.school})
