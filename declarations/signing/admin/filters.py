"""The filter of the list of people by whether they have signed."""

from typing import TYPE_CHECKING, Any, cast, override

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from declarations.common.generics import ModelAdmin
from declarations.signing.status import SigningStatus, with_signing_status
from declarations.web.admin_base import context_of

if TYPE_CHECKING:
    from declarations.organisation.models.person import PersonQuerySet


class SigningStatusFilter(SimpleListFilter):
    """Who has signed: only where one school is looked at, because each school has its own year."""

    title = _("declaration")
    parameter_name = "state"

    @override
    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, Any]]:
        return list(SigningStatus.choices) if context_of(request).school else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        school, on = context_of(request).school, context_of(request).on
        if school is None or not self.value():
            return queryset
        people = cast("PersonQuerySet", queryset.filter(school=school))
        return with_signing_status(people.at_school(on=on).expected_to_sign(), school=school, on=on).filter(signing_status=self.value())
