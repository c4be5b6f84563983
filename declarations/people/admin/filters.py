"""Filters for the list of people: by role, and by whether somebody is at the school."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Role
from declarations.web.admin_base import context_of
from declarations.web.admin_filters import ValuesFilter


class RoleFilter(ValuesFilter):
    title = _("role")
    parameter_name = "role"
    values = Role.Name.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        live = Role.objects.filter(person=OuterRef("pk"), name=self.value(), removed_at__isnull=True)
        return queryset.filter(Exists(live.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=context_of(request).on))))


class PresenceFilter(ValuesFilter):
    title = _("at the school")
    parameter_name = "here"
    values = [("yes", _("now")), ("left", _("left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on = context_of(request).on
        if self.value() == "left":
            return queryset.filter(leaves_on__lte=on)
        return queryset.exclude(leaves_on__lte=on) if self.value() == "yes" else queryset
