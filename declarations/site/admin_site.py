"""The admin site: its first page is the dashboard, and people sign in to it as staff do."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from declarations.devices.admin.approval import PermissionAdmin
from declarations.devices.admin.devices import DeviceAdmin, SuspensionAdmin
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission, Suspension
from declarations.network.admin import (
    AddressClashAdmin,
    ControllerAdmin,
    DeviceAddressAdmin,
    DisconnectAdmin,
    LastSeenAdmin,
    NetworkSettingsAdmin,
    NetworkTokenAdmin,
)
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people.admin.people import PersonAdmin
from declarations.people.admin.roles import RoleAdmin
from declarations.policies.admin.policies import PolicyVersionAdmin
from declarations.policies.models import PolicyVersion
from declarations.privacy.admin import DisposalAdmin, LegalHoldAdmin, RetentionSettingsAdmin
from declarations.privacy.models import Disposal, LegalHold, RetentionSettings
from declarations.schools.admin.holidays import HolidayAdmin
from declarations.schools.admin.schools import SchoolAdmin
from declarations.sign_in.admin import IdentityProviderAdmin, KioskSessionAdmin
from declarations.sign_in.models import IdentityProvider
from declarations.signing.admin.declarations import DeclarationAdmin
from declarations.signing.admin.responses import ExemptionAdmin, ResponseAdmin
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession
from declarations.signing.models.response import Exemption, Response
from declarations.site import dashboard
from declarations.staff_lists.admin import StaffListAdmin
from declarations.staff_lists.models import StaffList
from declarations.web import reauthentication, registry
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, SchoolScopedAdmin, context_of, has_role, person_of
from declarations.web.capability import AdminPage

# Django's pages that this site does not have: passwords are changed where everybody changes theirs.
NOT_OURS = {"password_change", "password_change_done", "view_on_site", "autocomplete"}


class LeadershipSite(AdminSite):
    """Only for people with the role Leadership or Administrator; there are no other permissions to give or to forget."""

    site_title = _("Leadership")
    site_header = _("Leadership")
    index_title = _("What waits for you")
    index_template = "site/dashboard.html"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")
        self.register(Permission, PermissionAdmin)
        self.register(PolicyVersion, PolicyVersionAdmin)
        self.register(Person, PersonAdmin)
        self.register(StaffList, StaffListAdmin)
        self.register(Role, RoleAdmin)
        self.register(School, SchoolAdmin)
        self.register(Device, DeviceAdmin)
        self.register(Suspension, SuspensionAdmin)
        self.register(Declaration, DeclarationAdmin)
        self.register(Response, ResponseAdmin)
        self.register(Exemption, ExemptionAdmin)
        self.register(Holiday, HolidayAdmin)
        self.register(NetworkToken, NetworkTokenAdmin)
        self.register(NetworkSettings, NetworkSettingsAdmin)
        self.register(Controller, ControllerAdmin)
        self.register(Disconnect, DisconnectAdmin)
        self.register(LastSeen, LastSeenAdmin)
        self.register(DeviceAddress, DeviceAddressAdmin)
        self.register(AddressClash, AddressClashAdmin)
        self.register(Disposal, DisposalAdmin)
        self.register(LegalHold, LegalHoldAdmin)
        self.register(RetentionSettings, RetentionSettingsAdmin)
        self.register(IdentityProvider, IdentityProviderAdmin)
        self.register(KioskSession, KioskSessionAdmin)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Ours only: the pages that other packages bring (groups, e-mail addresses) go by permissions that nobody has here."""
        if isinstance(admin_class, type) and issubclass(admin_class, SchoolScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            *(
                path(page.route, self.admin_view(self.shown(page)), name=page.name)
                for page in registry.every(lambda room: room.admin_pages)
            ),
            *(pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in NOT_OURS),
        ]

    def admin_view[View: Callable[..., HttpResponseBase]](self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002  # Django's signature
        guarded = super().admin_view(view, cacheable)

        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if context_of(request).person is None:
                return redirect_to_login(request.get_full_path())
            if context_of(request).withheld & {LEADERSHIP, ADMINISTRATOR}:
                return reauthentication.towards_second_factor(request, person_of(request))
            if not self.has_permission(request):
                raise PermissionDenied
            if "\x00" in request.path or any("\x00" in name or "\x00" in value for name, found in request.GET.lists() for value in found):
                # PostgreSQL has no such character in a text, and no address of ours has one.
                raise BadRequest(_("There is a character in the address that no text has."))
            school = context_of(request).school
            with timezone.override(school.zone if school else None):
                response = guarded(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                    response.render()  # now, while the school's time zone is the current one
                return response

        return cast("View", update_wrapper(wrapper, view))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**dashboard.page(request), **(extra_context or {})})

    def shown(self, page: AdminPage) -> Callable[[HttpRequest], HttpResponse]:
        """The view of a page that a room has registered."""

        def view(request: HttpRequest) -> HttpResponse:
            request.current_app = self.name
            return page.view(request, self.each_context(request))

        return view

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002  # Django's signature; a redirect is as good
        return redirect("admin:index")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Leads to the staff's sign-in page, and from there back."""
        wanted = request.GET.get("next", "")
        known = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        target = wanted if known and wanted.startswith("/") else reverse("admin:index")
        return HttpResponseRedirect(target) if context_of(request).person else redirect_to_login(target)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002  # Django's signature; a redirect is as good
        return redirect("account_logout")
