"""What every page of the desk shares: who asks, whose rows they see, and no permission tables."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import DateInput, EmailField, ModelForm, SlugField
from django.http import Http404, HttpRequest

from declarations.common.fields import TypedField
from declarations.organisation.models.person import Person, Role
from declarations.web.middleware import ContextRequest

type AnyForm = ModelForm[Any]

LEADERSHIP = Role.Name.LEADERSHIP.value
ADMINISTRATOR = Role.Name.ADMINISTRATOR.value


def context_of(request: HttpRequest) -> ContextRequest:
    """The same request: the middleware `request_context` has put the person, the school, the roles and the moment on it."""
    return cast("ContextRequest", request)


def person_of(request: HttpRequest) -> Person:
    person = context_of(request).person
    if person is None:
        raise PermissionDenied
    return person


def has_role(request: HttpRequest, *names: str) -> bool:
    return bool(context_of(request).roles & set(names))


class Day(DateInput):
    """The browser's own calendar: needs no script."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SchoolScopedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """Rows of the person's own school (all schools for the trust's people), view only unless a page says otherwise."""

    school_path = "school"
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False
    formfield_overrides = {
        models.CharField: {"form_class": TypedField},
        # They are looked through by their own rules.
        models.EmailField: {"form_class": EmailField},
        models.SlugField: {"form_class": SlugField, "widget": AdminTextInputWidget},
        models.DateField: {"widget": Day},
    }

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        school_id = person_of(request).school_id
        return rows if school_id is None else rows.filter(**{self.school_path: school_id})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or 404: what is another school's is not there."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # noqa: ARG002  # Django's signature
        """Only what the page offers as a filter: Django would let anyone here search the stored passwords by their beginning."""
        offered = {one if isinstance(one, str) else one.parameter_name for one in self.get_list_filter(request)}  # type: ignore[union-attr]  # ours are names or simple filters
        return lookup in offered or lookup.removesuffix("__exact") in offered

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  # Django's signature
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  # Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  # Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  # Django's signature
        return False
