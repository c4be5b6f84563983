"""The base classes of the filters of the admin's lists; a room has the filters of its own models. No filter takes free text."""

from collections.abc import Iterable
from typing import Any, override

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from declarations.common.generics import ModelAdmin
from declarations.organisation.models.school import School
from declarations.web.admin_base import person_of
from declarations.web.capability import LazyText


class ValuesFilter(SimpleListFilter):
    """A filter with fixed values."""

    values: Iterable[tuple[str, LazyText]] = ()

    @override
    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, Any]]:
        return list(self.values)


class YesNoFilter(ValuesFilter):
    """A filter with the values `yes`, for the rows that meet `condition`, and `no`, for the others."""

    condition: Q

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(self.condition)
        return queryset.exclude(self.condition) if self.value() == "no" else queryset


class SchoolFilter(SimpleListFilter):
    """A filter by school, only for people of the trust, who see all schools."""

    title = _("school")
    parameter_name = "school"
    path = "school"

    @override
    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        if person_of(request).school_id is not None:
            return []
        return list(School.objects.values_list("slug", "name"))

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.path}__slug": self.value()}) if self.value() else queryset
