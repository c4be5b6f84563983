"""What the home page says about reading and signing."""

from declarations.organisation.models.person import Person
from declarations.policies.models import PolicyVersion
from declarations.signing import queries
from declarations.signing.models.response import Response
from declarations.signing.status import SigningStatus, signing_status
from declarations.web.capability import Context
from declarations.web.decorators import StaffRequest
from declarations.web.panels import once_a_request


@once_a_request
def state_of_signing(request: StaffRequest) -> Context:
    """The texts in effect, what is unread of them, and the person's signing status."""
    current = PolicyVersion.objects.filter(school=request.school).current(on=request.on)
    leaflet, aup = current.get("leaflet"), current.get("aup")
    unread = queries.unread(person=request.person, version=leaflet) if leaflet else []
    total = len(leaflet.sections()) if leaflet else 0
    status = signing_status(person=request.person, on=request.on)
    is_expected = request.person.category != Person.Category.EXTERNAL
    return {
        "leaflet": leaflet,
        "aup": aup,
        "unread": unread,
        "read": total - len(unread),
        "total": total,
        "signing_status": status,
        "is_changed": status.declaration is not None and not status.declaration.is_on(*current.values()),
        "is_expected": is_expected,
        "must_sign": is_expected and status.is_to_sign and len(current) == len(PolicyVersion.Document),
    }


def last_response(request: StaffRequest) -> Context | None:
    """What the person said last instead of signing, and how many days ago."""
    if state_of_signing(request)["signing_status"].status == SigningStatus.SIGNED:
        return None
    response = Response.objects.filter(person=request.person).select_related("school", "said_to", "answered_by").first()
    return {"response": response, "days": response.days_waited(on=request.on)} if response else None


def texts_and_declaration(request: StaffRequest) -> Context:
    state = state_of_signing(request)
    aup = state["aup"]
    return {**state, "aup_unread": queries.unread(person=request.person, version=aup) if aup else []}
