"""All e-mails that the school sends, with made-up people: to read before anybody gets one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from declarations.web import registry
from declarations.web.admin_base import context_of, render_admin


def page(request: HttpRequest) -> HttpResponse:
    """The e-mails of the school; the trust's people choose one first. No query: all in them is made up."""
    school, at = context_of(request).school, context_of(request).at
    context: dict[str, Any] = {"title": _("E-mails that are sent"), "school": school}
    if school is not None:
        kinds = registry.in_order(lambda capability: capability.emails)
        context["previews"] = [preview for kind in kinds for preview in kind.previews(school, at)]
    return render_admin(request, "mail/admin/email_previews.html", context)
