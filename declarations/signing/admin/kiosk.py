"""The tablets that are lent for signing: which are open, who opened them, and closing one."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.signing.actions.kiosk import close_tablet
from declarations.signing.models.kiosk import KioskSession
from declarations.web.admin_base import SchoolScopedAdmin, context_of, person_of
from declarations.web.admin_filters import SchoolFilter


def when(at: dt.datetime) -> str:
    """Day and time in the school's zone, which the admin site has made the current one."""
    return date_format(localtime(at), "j F Y, H:i")


class KioskSessionAdmin(SchoolScopedAdmin):
    list_display = ["opened_at", "opened_by", "state", "signed"]
    list_filter = [SchoolFilter]
    list_select_related = ["opened_by", "closed_by", "school"]
    fields = ["school", "opened_by", "opened_at", "closes_at", "state", "signed"]
    change_form_template = "signing/admin/kiosk.html"
    change_list_template = "signing/admin/kiosks.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("codes")

    def get_urls(self) -> list[URLPattern]:
        close = path("<path:object_id>/close/", self.admin_site.admin_view(self.close), name="declarations_kiosksession_close")
        return [close, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        session = self.get_object(request, object_id) if object_id else None
        extra = {"is_open": session is not None and session.is_open(at=context_of(request).at), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra)

    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Whoever is reading on it signs no more."""
        session, by, at = self.get_object(request, object_id), person_of(request), context_of(request).at
        done = _("Closed: nobody signs on it any more.")
        if request.method == "POST" and self.attempt(request, lambda: close_tablet(tablet=session, by=by, at=at), done=done):
            self.log_change(request, session, _("Closed."))
        return redirect("admin:declarations_kiosksession_change", session.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: KioskSession) -> str:
        if obj.closed_at is not None:
            return "✗ " + _("closed %(when)s by %(name)s") % {"when": when(obj.closed_at), "name": obj.closed_by}
        if not obj.is_open(at=now()):
            return "✗ " + _("closed by itself %(when)s") % {"when": when(obj.closes_at)}
        return "✓ " + _("open until %(when)s") % {"when": when(obj.closes_at)}

    @admin.display(description=gettext_lazy("codes used on it"))
    def signed(self, obj: KioskSession) -> int:
        return len(obj.codes.all())
