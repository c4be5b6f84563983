"""The live permissions on one screen: carried on at the start of the year, looked at each term."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from declarations.common.generics import ModelAdmin
from declarations.devices.actions import renewal as renewing
from declarations.devices.admin.decide import act_on_each, is_id, state_words
from declarations.devices.forms.approval import RenewForm
from declarations.devices.models import Device, Permission, PermissionReview, Suspension
from declarations.devices.queries import reason_against
from declarations.web.admin_base import LEADERSHIP, context_of, has_role, person_of, render_admin

# All that is ticked comes back in one form, which may hold a thousand fields.
ROWS_ON_A_PAGE = 200


def live(permissions: QuerySet[Permission], *, on: dt.date) -> QuerySet[Any]:
    """Those that run, by owner; each with `seen_at`, `looked_at` (the last review) and `is_suspended`."""
    seen = Device.objects.filter(pk=OuterRef("device"), seen__isnull=False).order_by("-seen__seen_at")
    reviews = PermissionReview.objects.filter(permission=OuterRef("pk")).order_by("-reviewed_at")
    return (
        permissions.filter(approved=True, ended_at__isnull=True, until__gte=on)
        .select_related("device", "owner", "school")
        .annotate(
            seen_at=Subquery(seen.values("seen__seen_at")[:1]),
            looked_at=Subquery(reviews.values("reviewed_at")[:1]),
            is_suspended=Exists(Suspension.objects.filter(device=OuterRef("device"), lifted_at__isnull=True)),
        )
        .order_by("owner__full_name", "owner_id", "device__make_and_model", "pk")
    )


def renewal(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The list, page by page; the trust's people choose a school first.

    A POST renews what is ticked, or notes that it was looked at, each in its own transaction.
    """
    if not has_role(request, LEADERSHIP):
        raise PermissionDenied
    school, ticked = context_of(request).school, set(request.POST.getlist(ACTION_CHECKBOX_NAME))
    if request.method == "POST" and not (all(is_id(number) for number in ticked) and request.POST.get("verb") in {"renew", "review"}):
        raise BadRequest(_("These are no permissions."))
    context: dict[str, Any] = {"title": _("Renew or review permissions"), "school": school}
    if school is None:
        return render_admin(request, "devices/admin/renewal.html", context, model_admin=model_admin)
    permitted = live(model_admin.get_queryset(request).filter(school=school), on=context_of(request).on)
    page = Paginator(permitted, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(request, page.object_list)
    form = RenewForm(initial={"until": max((row["latest"] for row in rows), default=None)})
    if request.method == "POST":
        form = RenewForm(request.POST) if request.POST["verb"] == "renew" else form
        # Not of the page: somebody may have renewed or revoked others meanwhile, and moved them.
        chosen = rows_of(request, permitted.filter(pk__in=ticked))
        if not chosen:
            model_admin.message_user(request, _("Nothing is ticked: tick the devices first."), messages.WARNING)
        elif request.POST["verb"] == "review" or form.is_valid():
            renew_or_review(model_admin, request, chosen, until=form.cleaned_data["until"] if request.POST["verb"] == "renew" else None)
            return redirect(f"{request.path}?{here(request, page=page.number)}")
    elif request.GET.get("tick") == "signed":
        ticked = {str(row["permission"].pk) for row in rows if is_ticked_with_all(row)}
    context |= {"page": page, "query": here(request), "rows": rows, "ticked": ticked, "form": form, "ticked_name": ACTION_CHECKBOX_NAME}
    return render_admin(request, "devices/admin/renewal.html", context, model_admin=model_admin)


def rows_of(request: HttpRequest, permissions: Iterable[Permission]) -> list[dict[str, Any]]:
    """What is shown of each, until when it can be renewed at the latest, and why this person does not decide about it."""
    person, at, rows = person_of(request), context_of(request).at, []
    for permission in permissions:
        on = permission.school.day_of(at)
        latest = permission.latest_until(on=on)
        rows.append(
            {
                "permission": permission,
                "latest": latest,
                "is_longest": permission.until is not None and permission.until >= latest,
                "why_not": reason_against(permission, person, at),
            }
        )
    return rows


def is_ticked_with_all(row: dict[str, Any]) -> bool:
    """Not what is lost or stolen: whoever renews that does it knowingly, one by one."""
    return row["permission"].holds and not row["permission"].is_suspended and not row["why_not"]


def here(request: HttpRequest, **more: Any) -> str:
    """The query of this list, without what is ticked: of which school it is, for the trust's people."""
    query = QueryDict(mutable=True)
    if request.GET.get("school"):
        query["school"] = request.GET["school"]
    query.update(more)
    return query.urlencode()


def renew_or_review(model_admin: ModelAdmin, request: HttpRequest, rows: list[dict[str, Any]], *, until: dt.date | None) -> None:
    """Renews each until that day, or as long as its owner stays; without a day, notes the review."""
    person, at = person_of(request), context_of(request).at

    def act(row: dict[str, Any]) -> str:
        if until is None:
            renewing.review(permission=row["permission"], by=person, at=at)
            return _("looked at: still right")
        return state_words(renewing.renew(permission=row["permission"], by=person, until=min(until, row["latest"]), at=at))

    act_on_each(model_admin, request, rows, act)
