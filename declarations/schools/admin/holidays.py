"""Holidays in the admin: typed, or taken from a calendar file."""

import datetime as dt
from typing import Any, override

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School
from declarations.organisation.school_year import SchoolYear
from declarations.schools.forms.holidays import CalendarForm, HolidayForm, as_value, from_value
from declarations.schools.import_term_dates import enter_holidays
from declarations.schools.term_dates import Proposal, Why
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, SchoolSettingsAdmin, context_of, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter
from declarations.web.capability import Context

# How long before a school year begins the note on missing holidays appears; most schools publish them a year ahead.
MISSED_FROM = dt.timedelta(days=92)

WHY = {
    Why.HOLIDAY: gettext_lazy("sounds like a holiday"),
    Why.BETWEEN_TERMS: gettext_lazy("the days between two terms"),
    Why.STAFF_DAY: gettext_lazy("staff are at school on this day"),
    Why.TERM: gettext_lazy("a term: school is open"),
    Why.MARK: gettext_lazy("the edge of a term or a holiday: school is open"),
    Why.TIMED: gettext_lazy("at a time of the day: not a whole day"),
    Why.REPEATS: gettext_lazy("repeats in a way that is not read here: enter it by hand"),
    Why.TOO_LONG: gettext_lazy("too long for a holiday: enter it by hand"),
    Why.WEEKEND: gettext_lazy("a weekend: closed anyway"),
    Why.UNKNOWN: gettext_lazy("does not sound like a holiday"),
}


def years_without(school: School, *, on: dt.date) -> list[SchoolYear]:
    """This school year, and the next one when it is near, if no holiday is entered that begins in it; one query."""
    this = school.year(on=on)
    coming = school.year(on=this.opens_on.replace(year=this.opens_on.year + 1))
    wanted = [this, coming] if on >= coming.opens_on - MISSED_FROM else [this]
    begin = list(Holiday.objects.filter(school=school, first_on__gte=this.opens_on).values_list("first_on", flat=True))
    return [year for year in wanted if not any(school.year(on=first).key == year.key for first in begin)]


def missing(request: HttpRequest) -> Context | None:
    """The context of the dashboard's panel: the years without holidays, or None."""
    school = context_of(request).school
    years = years_without(school, on=context_of(request).on) if school else []
    return {"years_without": years} if years else None


class HolidayAdmin(SchoolSettingsAdmin):
    """Holidays can also be deleted: they are plans, not records."""

    add_roles = change_roles = delete_roles = (LEADERSHIP, ADMINISTRATOR)
    form = HolidayForm
    change_list_template = "schools/admin/holidays.html"
    list_filter = [SchoolFilter]
    list_select_related = ["school"]
    search_fields = ["name"]
    ordering = ["-first_on", "-last_on", "-id"]

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["name", "first_on", "last_on", *([] if person_of(request).school_id else ["school"])]

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*([] if person_of(request).school_id else ["school"]), "name", "first_on", "last_on"]

    @override
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.of_school = person_of(request).school_id  # the class was made for this request
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # Somebody entered the same days in the same moment; on the second try the form shows an error.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        school, on = context_of(request).school, context_of(request).on
        without = years_without(school, on=on) if school else []
        return super().changelist_view(request, {"years_without": without, "school": school, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        return [
            path("import/", self.admin_site.admin_view(self.take), name="declarations_holiday_import"),
            *super().get_urls(),
        ]

    # From a calendar file ---------------------------------------------------------------------------------------------

    def take(self, request: HttpRequest) -> HttpResponseBase:
        """Reads a calendar file, shows a line for each of its events, and saves the ticked ones, all or none."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        school, on = context_of(request).school, context_of(request).on
        if school is None:
            return self.page(request, {})
        if request.method != "POST":
            return self.page(request, {"form": CalendarForm(school=school, on=on)})
        if "save" in request.POST:
            return self.save_ticked(request, school)
        form = CalendarForm(request.POST, request.FILES, school=school, on=on)
        if not form.is_valid():
            return self.page(request, {"form": form})
        entered = set(Holiday.objects.filter(school=school).values_list("first_on", "last_on"))
        rows = [self.row(proposal, is_there=(proposal.first, proposal.last) in entered) for proposal in form.proposals]
        new = sum(row["closed"] for row in rows)
        read = {"rows": rows, "new": new, "unread": form.unread, "file_name": form.cleaned_data["calendar"].name}
        return self.page(request, read)

    def row(self, proposal: Proposal, *, is_there: bool) -> dict[str, Any]:
        can_be_taken = proposal.can_be_taken and not is_there
        return {
            "name": proposal.name,
            "first": proposal.first,
            "last": proposal.last,
            "value": as_value(proposal.first, proposal.last, proposal.name) if can_be_taken else "",
            "closed": proposal.closed and can_be_taken,
            "is_there": is_there,
            "why": WHY[proposal.why],
        }

    def save_ticked(self, request: HttpRequest, school: School) -> HttpResponseBase:
        again = CalendarForm(school=school, on=context_of(request).on)
        try:
            days = [from_value(sent) for sent in request.POST.getlist("take")]
        except ValidationError as error:
            return self.page(request, {"form": again, "error": error.messages[0]}, status=400)
        if not days:
            return self.page(request, {"form": again, "error": _("Nothing was ticked, so nothing was saved.")}, status=400)
        entered = enter_holidays(school=school, days=days)
        for holiday in entered:
            self.log_addition(request, holiday, _("From a calendar file."))
        self.message_user(
            request,
            ngettext("%(number)d holiday was entered.", "%(number)d holidays were entered.", len(entered)) % {"number": len(entered)}
            if entered
            else _("All of these were entered already: nothing has changed."),
            messages.SUCCESS,
        )
        response = redirect("admin:declarations_holiday_changelist")
        if person_of(request).school_id is None:
            response["Location"] += f"?school={school.slug}"
        return response

    def page(self, request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        context = {"title": _("Holidays from a calendar file"), "school": context_of(request).school, **context}
        return render_admin(request, "schools/admin/holidays_import.html", context, model_admin=self, status=status)
