"""Home: what is left to do, and the state of each thing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.devices.views.cards import device_cards
from declarations.organisation.models.person import Person
from declarations.policies.models import PolicyVersion
from declarations.signing.actions import sign
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Response
from declarations.signing.status import SigningStatus, standing
from declarations.web.decorators import StaffRequest, staff


@staff
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """The leaflet, the policy, the declaration and the devices, each with its state."""
    current = PolicyVersion.objects.filter(school=request.school).current(on=request.on)
    leaflet, aup = current.get("leaflet"), current.get("aup")
    unread = sign.unread(person=request.person, version=leaflet) if leaflet else []
    total = len(leaflet.sections()) if leaflet else 0
    stands = standing(person=request.person, on=request.on)
    is_expected = request.person.category != Person.Category.EXTERNAL
    cards = device_cards(person=request.person, school=request.school, on=request.on)
    return render(
        request,
        "site/home.html",
        {
            "leaflet": leaflet,
            "aup": aup,
            "unread": unread,
            "read": total - len(unread),
            "total": total,
            "aup_unread": sign.unread(person=request.person, version=aup) if aup else [],
            "stands": stands,
            "is_changed": is_changed(stands.declaration, [version for version in (leaflet, aup) if version]),
            "is_expected": is_expected,
            "must_sign": is_expected
            and stands.state not in {SigningStatus.SIGNED, SigningStatus.EXEMPT, SigningStatus.NOT_YET}
            and leaflet is not None
            and aup is not None,
            "cards": [one for one in cards if not one.is_given_up],
            "said": last_reply(request) if stands.state != SigningStatus.SIGNED else None,
        },
    )


def is_changed(signed: Declaration | None, versions: list[PolicyVersion]) -> bool:
    """Whether one of these texts is not the one that was signed."""
    return signed is not None and not {version.pk for version in versions} <= {signed.aup_id, signed.leaflet_id}


def last_reply(request: StaffRequest) -> tuple[Response, int] | None:
    """What one said last instead of signing, and how many days ago."""
    said = Response.objects.filter(person=request.person).select_related("said_to", "answered_by").first()
    return (said, (request.on - request.school.day_of(said.said_at)).days) if said else None
