"""What the home page and the dashboard say about accounts: what this person has to do."""

from django.http import HttpRequest

from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.queries import in_states, in_words, of_school, to_do, with_state
from declarations.social_media.rules import WAITING, State
from declarations.web.admin_base import context_of
from declarations.web.capability import Context
from declarations.web.decorators import StaffRequest

# On the dashboard: what waits for a decision, and what is wrong.
URGENT = (*WAITING, State.OVERDUE)
SHOWN = 30


def accounts(request: StaffRequest) -> Context | None:
    rows = list(of_school(request.school, on=request.on, person=request.person).select_related("school").prefetch_related("keepers"))
    mine = to_do(rows, person=request.person, school=request.school, at=request.at)
    return {"mine": [in_words(row) for row in mine]} if mine else None


def dashboard(request: HttpRequest) -> Context | None:
    """The accounts of the school, or of all schools, that wait for a decision or whose review is overdue."""
    context = context_of(request)
    of_schools = SchoolAccount.objects.filter(school=context.school) if context.school else SchoolAccount.objects.all()
    urgent = with_state(of_schools.filter(closed_at__isnull=True, proposed_at__isnull=False), on=context.on).filter(in_states(*URGENT))
    rows = [in_words(row) for row in urgent.select_related("school", "proposed_by").order_by("proposed_at", "id")[:SHOWN]]
    return {"rows": rows} if rows else None
