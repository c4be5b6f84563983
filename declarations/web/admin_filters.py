"""Filters of the lists: each with its values from the facts, none that takes free text."""

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from declarations.devices.models import Permission
from declarations.organisation.models.person import Role
from declarations.organisation.models.school import School
from declarations.signing.status import SigningStatus, with_signing_status
from declarations.web.admin_base import context_of, person_of

type AnyAdmin = ModelAdmin[Any]


class SchoolFilter(SimpleListFilter):
    """For the trust's people, who see all schools; for anybody else it is not there."""

    title = _("school")
    parameter_name = "school"
    path = "school"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, str]]:  # noqa: ARG002  # Django's signature
        if person_of(request).school_id is not None:
            return []
        return [(school.slug, school.name) for school in School.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(**{f"{self.path}__slug": self.value()}) if self.value() else queryset


class DeviceSchoolFilter(SchoolFilter):
    path = "device__school"


class StatusFilter(SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return list(Permission.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(status=self.value()) if self.value() else queryset


class RoleFilter(SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return list(Role.Name.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        live = Role.objects.filter(person=OuterRef("pk"), name=self.value(), removed_at__isnull=True)
        return queryset.filter(Exists(live.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=context_of(request).on))))


class PresenceFilter(SimpleListFilter):
    title = _("at the school")
    parameter_name = "here"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return [("yes", _("now")), ("left", _("left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on = context_of(request).on
        if self.value() == "left":
            return queryset.filter(leaves_on__lte=on)
        return queryset.exclude(leaves_on__lte=on) if self.value() == "yes" else queryset


class SigningStatusFilter(SimpleListFilter):
    """Who has signed: only where one school is looked at, because each has its own year."""

    title = _("declaration")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return list(SigningStatus.choices) if context_of(request).school else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        school, on = context_of(request).school, context_of(request).on
        if school is None or not self.value():
            return queryset
        expected = queryset.filter(school=school).at_school(on=on).expected_to_sign()  # type: ignore[attr-defined]  # the list of people
        return with_signing_status(expected, school=school, on=on).filter(signing_status=self.value())


class DraftFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "published"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return [("no", _("draft")), ("yes", _("published"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(published_at__isnull=self.value() == "no") if self.value() in {"no", "yes"} else queryset


class LiftedFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "lifted"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return [("no", _("suspended")), ("yes", _("lifted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(lifted_at__isnull=self.value() == "no") if self.value() in {"no", "yes"} else queryset


class AnsweredFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return [("no", _("waiting for an answer")), ("yes", _("answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(answered_at__isnull=self.value() == "no") if self.value() in {"no", "yes"} else queryset


class ExemptFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "over"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return [("no", _("exempt")), ("yes", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(is_over=self.value() == "yes") if self.value() in {"no", "yes"} else queryset


class PaperFilter(SimpleListFilter):
    title = _("how")
    parameter_name = "paper"

    def lookups(self, request: HttpRequest, model_admin: AnyAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002  # Django's signature
        return [("yes", _("on paper")), ("no", _("on screen"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  # Django's signature
        return queryset.filter(paper__isnull=self.value() == "no") if self.value() in {"no", "yes"} else queryset
