"""The admin site: its first page is the dashboard, and people sign in to it where everybody signs in."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast, override

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

from declarations.site import dashboard
from declarations.web import reauthentication
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, context_of, has_role, person_of
from declarations.web.registry import every

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

    def has_permission(self, request: HttpRequest) -> bool:
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            *(path(page.route, self.admin_view(page.view), name=page.name) for page in every(lambda capability: capability.admin_pages)),
            *(url for url in super().get_urls() if getattr(url, "name", None) not in NOT_OURS),
        ]

    @override
    def admin_view[View: Callable[..., HttpResponseBase]](self, view: View, cacheable: bool = False) -> View:
        guarded = super().admin_view(view, cacheable)

        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if context_of(request).person is None:
                return redirect_to_login(request.get_full_path())
            if context_of(request).withheld & {LEADERSHIP, ADMINISTRATOR}:
                return reauthentication.towards_second_factor(request, person_of(request))
            if not self.has_permission(request):
                raise PermissionDenied
            if "\x00" in request.path or any("\x00" in name or "\x00" in value for name, values in request.GET.lists() for value in values):
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

    @override
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """None: no page of ours shows it, and Django asks every model for its permissions to make it, on each page."""
        return []

    @override
    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("admin:index")

    @override
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sends people to the sign-in page that everybody uses, and back."""
        wanted = request.GET.get("next", "")
        known = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        target = wanted if known and wanted.startswith("/") else reverse("admin:index")
        return HttpResponseRedirect(target) if context_of(request).person else redirect_to_login(target)

    @override
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")


def register_capabilities(site: AdminSite) -> None:
    """Gives the site every admin class that a room registers."""
    for model, admin_class in every(lambda capability: capability.admin.items()):
        site.register(model, admin_class)
