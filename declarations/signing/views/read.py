"""Reading: the leaflet, the policy, and every version that was ever published.

Showing a section on a GET is what records that the person was shown it; nothing else here changes anything.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from declarations.organisation.models.person import Role
from declarations.policies.models import PolicyVersion
from declarations.policies.text.sections import Section
from declarations.signing.actions import sign
from declarations.signing.models.declaration import Declaration
from declarations.web.decorators import PersonRequest, StaffRequest, signed_in, staff

READERS_OF_ALL = frozenset({Role.Name.LEADERSHIP.value, Role.Name.AUDITOR.value})


def current(request: StaffRequest, document: str) -> PolicyVersion | None:
    """The version of `leaflet` or `aup` that is in effect today."""
    return PolicyVersion.objects.filter(school=request.school, document=document).current(on=request.on).get(document)


def show(request: StaffRequest, version: PolicyVersion, sections: list[Section]) -> None:
    """Records these sections as shown, if the response will show them: a HEAD shows nothing."""
    if request.method != "HEAD":
        keys = [section.key for section in sections]
        sign.record_shown(person=request.person, version=version, section_keys=keys, at=request.at)


def is_changed(request: StaffRequest, *versions: PolicyVersion) -> bool:
    """Whether one of these is not the version that the person signed last; not if they never signed. One query."""
    signed = Declaration.objects.filter(person=request.person).newest_first().values_list("aup", "leaflet").first()
    return signed is not None and not {version.pk for version in versions} <= set(signed)


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
    progress = sign.progress(person=request.person, version=version)
    unread = progress.unread
    return render(
        request,
        "signing/leaflet.html",
        {
            "version": version,
            "rows": [(section, section.key not in unread, section.key in progress.unchanged) for section in sections],
            "is_changed": is_changed(request, version),
            "read": len(sections) - len(unread),
            "total": len(sections),
            "next": next((section for section in sections if section.key in unread), None),
        },
    )


@staff
@require_safe
def section(request: StaffRequest, key: str) -> HttpResponse:
    """One section, with the way back and on."""
    version = current(request, "leaflet")
    sections = version.sections() if version else []
    place = next((place for place, one in enumerate(sections) if one.key == key), None)
    if version is None or place is None:
        raise Http404
    show(request, version, [sections[place]])
    unread = sign.unread(person=request.person, version=version)
    return render(
        request,
        "signing/section.html",
        {
            "version": version,
            "section": sections[place],
            "number": place + 1,
            "total": len(sections),
            "read": len(sections) - len(unread),
            "previous": sections[place - 1] if place else None,
            "next": sections[place + 1] if place + 1 < len(sections) else None,
            "left": next((one for one in sections if one.key in unread), None),
        },
    )


@staff
@require_safe
def whole(request: StaffRequest) -> HttpResponse:
    """The leaflet on one page, for reading in one go and for printing."""
    version = current(request, "leaflet")
    if version is None:
        return nothing_yet(request)
    sections = version.sections()
    show(request, version, sections)
    return render(
        request, "signing/leaflet_whole.html", {"version": version, "sections": sections, "is_changed": is_changed(request, version)}
    )


@staff
@require_safe
def policy(request: StaffRequest) -> HttpResponse:
    """The Acceptable Use Policy in full."""
    version = current(request, "aup")
    if version is None:
        return nothing_yet(request)
    sections = version.sections()
    show(request, version, sections)
    return render(request, "signing/policy.html", {"version": version, "sections": sections, "is_changed": is_changed(request, version)})


@signed_in
@require_safe
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """Any version that the school ever published: what one signed can be read again for ever."""
    of_mine = PolicyVersion.objects.published().select_related("school")
    if request.person.school_id is not None:
        of_mine = of_mine.filter(school=request.person.school_id)
    elif not request.roles & READERS_OF_ALL:
        raise Http404
    found = get_object_or_404(of_mine, pk=pk)
    return render(request, "signing/version.html", {"version": found, "sections": found.sections(), "of_school": found.school})
