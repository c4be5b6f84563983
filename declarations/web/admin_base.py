"""The base of the admin's pages: who asks, which rows they see, what their roles allow, and how a page is rendered."""

from collections.abc import Callable
from typing import Any, cast, override

from django.contrib import messages
from django.contrib.admin import ShowFacets, site
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import EmailField, ModelForm, SlugField
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from declarations.common.errors import RefusedError
from declarations.common.fields import DayInput, TypedField
from declarations.common.generics import ModelAdmin
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.web.change_list import KeysFirst, KeysFirstPaginator, search
from declarations.web.middleware import ContextRequest

type AnyForm = ModelForm[Any]

LEADERSHIP = Role.Name.LEADERSHIP.value
ADMINISTRATOR = Role.Name.ADMINISTRATOR.value


def context_of(request: HttpRequest) -> ContextRequest:
    """The same request, typed: the middleware has set the person, the school, the roles and the moment on it."""
    return cast("ContextRequest", request)


def person_of(request: HttpRequest) -> Person:
    """The person who is signed in. Raises PermissionDenied if nobody is."""
    person = context_of(request).person
    if person is None:
        raise PermissionDenied
    return person


def has_role(request: HttpRequest, *names: str) -> bool:
    """Whether the person has one of these roles today."""
    return bool(context_of(request).roles & set(names))


def render_admin(
    request: HttpRequest, template: str, context: dict[str, Any], *, model_admin: ModelAdmin | None = None, status: int = 200
) -> TemplateResponse:
    """A page of the admin, with the site's header and, if `model_admin` is set, the breadcrumbs of its model."""
    request.current_app = site.name
    opts = {"opts": model_admin.opts} if model_admin else {}
    return TemplateResponse(request, template, {**site.each_context(request), **opts, **context}, status=status)


class SchoolScopedAdmin(ModelAdmin):
    """Shows the rows of the person's own school, or of all schools to people of the trust.

    Everything is read-only until a class names the roles that add, change or delete.
    """

    school_path = "school"
    view_roles: tuple[str, ...] = (LEADERSHIP, ADMINISTRATOR)
    add_roles: tuple[str, ...] = ()
    change_roles: tuple[str, ...] = ()
    delete_roles: tuple[str, ...] = ()
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
    paginator = KeysFirstPaginator
    view_on_site = False
    formfield_overrides = {
        models.CharField: {"form_class": TypedField},
        # These two have rules of their own.
        models.EmailField: {"form_class": EmailField},
        models.SlugField: {"form_class": SlugField, "widget": AdminTextInputWidget},
        models.DateField: {"widget": DayInput},
    }

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        school_id = person_of(request).school_id
        return rows if school_id is None else rows.filter(**{self.school_path: school_id})

    @override
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysFirst]:
        return KeysFirst

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        fields = self.get_search_fields(request)
        return search(queryset, self.opts, fields, search_term) if fields else queryset, False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row. Raises Http404 if there is none, or if it belongs to another school."""
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        return row

    def attempt(self, request: HttpRequest, act: Callable[[], object], *, done: str) -> bool:
        """Acts, and tells the person that it is done, or why it was refused. Whether it was done."""
        try:
            act()
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return False
        self.message_user(request, done, messages.SUCCESS)
        return True

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allows only the filters that the page offers: Django would let people search the stored passwords by their beginning."""
        offered = {getattr(entry, "parameter_name", entry) for entry in self.get_list_filter(request)}
        return lookup in offered or lookup.removesuffix("__exact") in offered

    def formfield_for_foreignkey(self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """The form field; people of one school can choose only that school."""
        own = person_of(request).school_id
        if db_field.related_model is School and own is not None:
            kwargs |= {"queryset": School.objects.filter(pk=own), "required": True}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_role(request, *self.view_roles)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request, *self.view_roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request, *self.add_roles)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request, *self.change_roles)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request, *self.delete_roles)


class SchoolSettingsAdmin(SchoolScopedAdmin):
    """Rows whose school is chosen when they are added and cannot be changed."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        school = context_of(request).school
        return {**super().get_changeform_initial_data(request), **({"school": school.pk} if school else {})}

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["school"] if obj else []
