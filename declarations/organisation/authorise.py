"""Who may act at a school: people of the school or the trust who have not left, have one of the roles on that day, and wait for nothing."""

import datetime as dt

from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School

LEADERSHIP = frozenset({Role.Name.LEADERSHIP.value})
ADMINISTRATORS = frozenset({Role.Name.ADMINISTRATOR.value})
AUDITORS = frozenset({Role.Name.AUDITOR.value})
OFFICE = LEADERSHIP | ADMINISTRATORS

SENTENCES = {
    LEADERSHIP: gettext_lazy("Only the leadership of the school does this."),
    ADMINISTRATORS: gettext_lazy("Only an administrator of the school does this."),
    AUDITORS: gettext_lazy("Only an auditor of the school does this."),
    OFFICE: gettext_lazy("Only the leadership and administrators of the school do this."),
}


def day_at(school: School | None, at: dt.datetime) -> dt.date:
    """The day at the school; without a school, as for the trust, the day in UTC."""
    return school.day_of(at) if school else at.date()


def may_act(*, by: Person, school: School | None, roles: frozenset[str], at: dt.datetime) -> bool:
    """Whether this person may act at this school now; without a school, whether they may act for the trust."""
    belongs, on = by.school_id in {None, school.pk if school else None}, day_at(school, at)
    return belongs and not by.has_left(on=on) and not by.waits(at=at) and bool(by.roles(on=on) & roles)


def require_role(*, by: Person, school: School | None, roles: frozenset[str], at: dt.datetime, sentence: str = "") -> None:
    """Raises RefusedError, `not_yours`, unless this person may act; `sentence` replaces the general message."""
    if not may_act(by=by, school=school, roles=roles, at=at):
        raise RefusedError(sentence or SENTENCES[roles], "not_yours")


def require_administrator(*, by: Person | None, school: School | None, at: dt.datetime, sentence: str = "") -> None:
    """Raises RefusedError unless this person is an administrator, or `by` is None: the server's command line, which is trusted."""
    if by is not None:
        require_role(by=by, school=school, roles=ADMINISTRATORS, at=at, sentence=sentence)
