"""The admin's pages of people and their roles. Nobody changes their own roles or last day; nobody is ever deleted."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, override

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.dual_control.queries import is_foreign
from declarations.organisation.models.person import Person, Role
from declarations.people import identity, leaving
from declarations.people.admin.filters import PresenceFilter, RoleFilter
from declarations.people.forms.people import PersonForm, RoleForm
from declarations.people.roles import remove_role
from declarations.web import registry
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, AnyForm, SchoolScopedAdmin, context_of, has_role, person_of
from declarations.web.admin_filters import SchoolFilter
from declarations.web.capability import Context, Panel, PersonPage
from declarations.web.panels import rendered


class PersonAdmin(SchoolScopedAdmin):
    add_roles = change_roles = (LEADERSHIP, ADMINISTRATOR)
    form = PersonForm
    change_form_template = "people/admin/person.html"
    change_list_template = "people/admin/people.html"
    list_display = ["full_name", "job_title", "email", "category", "leaves_on", "live_roles"]
    search_fields = ["full_name", "email", "job_title", "staff_number"]
    ordering = ["full_name", "id"]

    @property
    def actions(self) -> list[Callable[..., Any]]:  # type: ignore[override]  # Django's is a plain attribute
        """The actions for ticked people. A property, because Django makes the admin before the rooms have registered their actions."""
        return list(registry.every(lambda room: room.person_actions))

    @override
    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [PresenceFilter, *registry.every(lambda room: room.person_filters), RoleFilter, "category", SchoolFilter]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("school").prefetch_related("role_set")

    @admin.display(description=gettext_lazy("roles"))
    def live_roles(self, obj: Person) -> str:
        return ", ".join(str(role.get_name_display()) for role in obj.role_set.all() if role.removed_at is None)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        of_one_school = person_of(request).school_id is not None
        # The last day has a page of its own, which shows what ends on it.
        left_out = {"school"} if of_one_school else set()
        return [name for name in PersonForm.Meta.fields if name not in left_out | ({"leaves_on"} if obj else set())]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = []
        if obj is not None and (obj.school_id is not None or obj.pk == person_of(request).pk):
            fixed.append("school")
        if obj is not None and not has_role(request, ADMINISTRATOR) and obj.role_set.filter(removed_at__isnull=True).exists():
            # Whoever sets an address could sign in with it, so nobody sets that of a person with more rights than their own.
            fixed.append("email")
        return fixed

    @override
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.of_school = person_of(request).school_id
        return form

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        if not change:
            if person_of(request).school_id is not None:
                obj.school_id = person_of(request).school_id
            obj.set_unusable_password()
        on = context_of(request).on
        if not change:
            obj.added_on = on
        end = None if obj.leaves_on else leaving.default_end(obj, starts_on=max(obj.starts_on or on, on))
        is_new_category = "category" in form.changed_data or not change
        if end and not change:
            obj.leaves_on = end
        email = obj.email
        obj.email = form.initial["email"] if change and "email" in form.changed_data else email
        super().save_model(request, obj, form, change)
        self.save_address(request, obj, email, is_new=not change)
        if end and change and is_new_category and obj.pk != person_of(request).pk:
            leaving.leave(person=obj, leaves_on=end, by=person_of(request), at=context_of(request).at)
        if end and is_new_category:
            sentence = _("As %(category)s they leave on %(day)s, unless another day is set on their page.")
            message = sentence % {"category": obj.get_category_display(), "day": date_format(end, "j F Y")}
            self.message_user(request, message, messages.INFO)

    def save_address(self, request: HttpRequest, person: Person, email: str, *, is_new: bool) -> None:
        """Ask for the change of address and say what follows; warn if the address is in none of the school's domains."""
        if is_foreign(email, person.school) and (is_new or email != person.email):
            sentence = _("Take care: %(address)s is of no domain of the school. Is it theirs?")
            self.message_user(request, sentence % {"address": email}, messages.WARNING)
        if email == person.email:
            return
        try:
            change = identity.change_address(person=person, email=email, by=person_of(request), at=context_of(request).at)
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return
        if change.made_at is None:
            sentence = _("The address is changed once a second person confirms it, because they have a role; all concerned have been told.")
        else:
            sentence = _(
                "The address is changed. They are told at both addresses, are signed out everywhere, and sign nothing for %(hours)d hours, "
                "unless they confirm it from the old one, or another of the leadership or an administrator does."
            ) % {"hours": settings.NEW_IDENTITY_WAITS.total_seconds() // 3600}
        self.message_user(request, sentence, messages.WARNING)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {**(extra_context or {})}
        if object_id is not None:
            person = self.get_object(request, object_id)
            extra["has_left"] = person.has_left(on=context_of(request).on)
            # The template calls it, so that no panel is drawn when the form is saved and leads on.
            extra["panels"] = partial(self.panels, request, person, extra.pop("role_form", RoleForm()))
        try:
            return super().changeform_view(request, object_id, form_url, extra)
        except IntegrityError:
            # Somebody took the e-mail address at the same moment; the second time the form sees that and says so.
            return super().changeform_view(request, object_id, form_url, extra)

    def panels(self, request: HttpRequest, person: Person, role_form: RoleForm) -> list[str]:
        """The panels below the form of a person, drawn; not for a new person."""
        roles = Panel(template="people/admin/person_roles.html", context=partial(self.roles, form=role_form), order=30)
        registered = registry.every(lambda room: room.person_page)
        return rendered(sorted([roles, *registered], key=attrgetter("order")), request, person)

    def get_urls(self) -> list[URLPattern]:
        return [
            *(self.address(page) for page in registry.every(lambda room: room.person_pages)),
            path("<path:object_id>/roles/give/", self.admin_site.admin_view(self.give), name="declarations_person_give_role"),
            path("<path:object_id>/roles/<int:role_id>/take/", self.admin_site.admin_view(self.take), name="declarations_person_take_role"),
            *super().get_urls(),
        ]

    def address(self, page: PersonPage) -> URLPattern:
        """The URL of a page about people that a room has registered."""

        def about_one(request: HttpRequest, object_id: str) -> HttpResponse:
            return page.view(self, request, self.get_object(request, object_id))

        def about_all(request: HttpRequest) -> HttpResponse:
            return page.view(self, request)

        name = f"declarations_person_{page.name}"
        if page.about_all:
            return path(page.route, self.admin_site.admin_view(about_all), name=name)
        return path(f"<path:object_id>/{page.route}", self.admin_site.admin_view(about_one), name=name)

    # Roles ------------------------------------------------------------------------------------------------------------

    def roles(self, request: HttpRequest, person: Person, form: RoleForm) -> Context:
        """A person's roles, and why whoever looks cannot change them, if they cannot."""
        on = context_of(request).on
        if person.pk == person_of(request).pk:
            why_not = _("These are your own roles: another administrator changes them.")
        elif not has_role(request, ADMINISTRATOR):
            why_not = _("Only an administrator of the school changes roles.")
        else:
            why_not = ""
        return {
            "person": person,
            "roles_of_person": [{"role": role, "is_live": role.is_live(on=on)} for role in person.role_set.select_related("granted_by")],
            "role_form": form,
            "roles_why_not": why_not,
        }

    def give(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a role; if it is refused, show the page again with the reason beside the field."""
        person = self.get_object(request, object_id)
        if request.method != "POST":
            return redirect("admin:declarations_person_change", person.pk)
        if not has_role(request, ADMINISTRATOR):
            raise PermissionDenied
        form = RoleForm(request.POST)
        if form.is_valid():
            try:
                identity.ask_for_role(person=person, by=person_of(request), at=context_of(request).at, **form.facts())
            except RefusedError as refused:
                form.refuse(str(refused), refused.code)
            else:
                facts = {"name": person.full_name, "role": Role.Name(form.cleaned_data["name"]).label}
                self.log_change(request, person, _("Asked for: the role %(role)s.") % facts)
                sentence = _("%(name)s has the role %(role)s once somebody of the leadership confirms it; they have been told.") % facts
                self.message_user(request, sentence, messages.SUCCESS)
                return redirect("admin:declarations_person_change", person.pk)
        request.method = "GET"  # so that the form of the person shows what is stored
        return self.changeform_view(request, object_id, "", {"role_form": form})

    def take(self, request: HttpRequest, object_id: str, role_id: int) -> HttpResponse:
        person = self.get_object(request, object_id)
        if request.method == "POST":
            if not has_role(request, ADMINISTRATOR):
                raise PermissionDenied
            role = Role.objects.filter(person=person, pk=role_id).select_related("person__school").first()
            if role is None:
                raise Http404
            try:
                remove_role(role=role, by=person_of(request), at=context_of(request).at)
            except RefusedError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.log_change(request, person, _("Taken away: the role %(role)s.") % {"role": role.get_name_display()})
                self.message_user(
                    request,
                    _("%(name)s no longer has the role %(role)s.") % {"name": person.full_name, "role": role.get_name_display()},
                    messages.SUCCESS,
                )
        return redirect("admin:declarations_person_change", person.pk)
