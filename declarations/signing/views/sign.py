"""Signing, and what one has signed."""

import datetime as dt
import ipaddress
import logging
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Role
from declarations.policies.models import PolicyVersion
from declarations.signing import reference as references
from declarations.signing.actions import sign as signing
from declarations.signing.forms.sign import SigningForm
from declarations.signing.models.declaration import Declaration
from declarations.signing.status import SigningStatus, standing
from declarations.signing.views.read import is_changed, nothing_yet, show
from declarations.web import reauthentication
from declarations.web.decorators import PersonRequest, StaffRequest, staff

logger = logging.getLogger(__name__)

READERS_OF_ALL = frozenset({Role.Name.LEADERSHIP.value, Role.Name.AUDITOR.value})
# What was ticked and typed, while its signer proves again who they are.
TYPED = "typed_declaration"


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: StaffRequest) -> HttpResponse:
    """The policy in full, the confirmations, the name: a POST signs, and lands on the certificate."""
    current = PolicyVersion.objects.filter(school=request.school).current(on=request.on)
    aup, leaflet = current.get("aup"), current.get("leaflet")
    if aup is None or leaflet is None:
        return nothing_yet(request)
    stands = standing(person=request.person, on=request.on)
    if stands.state == SigningStatus.SIGNED and stands.declaration is not None:
        if request.method == "POST":
            return redirect("certificate", stands.declaration.reference)
        return render(request, "signing/signed_already.html", {"stands": stands})
    if request.method == "POST":
        return posted(request, aup=aup, leaflet=leaflet)
    kept = request.session.get(TYPED)
    form = SigningForm(aup=aup, leaflet=leaflet, initial=initial(kept, (aup.pk, leaflet.pk)))
    return sign_page(
        request, aup=aup, leaflet=leaflet, form=form, is_proved=kept is not None and reauthentication.is_fresh(request, at=request.at)
    )


def initial(kept: dict[str, Any] | None, versions: tuple[int, int]) -> dict[str, Any]:
    """What the form begins with: the ticks only for the versions that they were made for."""
    if kept is None:
        return {}
    ticks = {f"confirm_{key}": True for key in kept["confirmed"]} if tuple(kept["versions"]) == versions else {}
    return {**ticks, "typed_name": kept["typed_name"]}


def posted(request: StaffRequest, *, aup: PolicyVersion, leaflet: PolicyVersion) -> HttpResponse:
    """Signs, or shows the page again with what is wrong."""
    form = SigningForm(request.POST, aup=aup, leaflet=leaflet)
    # A page that showed other versions is for the verb to refuse, whatever else is wrong with it.
    if not form.is_valid() and form.is_about_these():
        return sign_page(request, aup=aup, leaflet=leaflet, form=form)
    if form.is_about_these() and not reauthentication.is_fresh(request, at=request.at):
        # Signing is what a dispute is about: not by whoever finds a session open.
        request.session[TYPED] = {"confirmed": form.confirmed(), "typed_name": form.cleaned_data["typed_name"], "versions": form.shown()}
        return reauthentication.towards_fresh(request.person, then=reverse("sign"))
    try:
        declaration = sign_now(request, form)
    except RefusedError as refused:
        if refused.code == "changed":
            # New words, so nothing is ticked yet; the name stays as it was typed.
            form = SigningForm(aup=aup, leaflet=leaflet, initial={"typed_name": form.cleaned_data.get("typed_name", "")})
        return sign_page(request, aup=aup, leaflet=leaflet, form=form, refused=refused)
    request.session.pop(TYPED, None)
    return redirect("certificate", declaration.reference)


def sign_page(
    request: StaffRequest,
    *,
    aup: PolicyVersion,
    leaflet: PolicyVersion,
    form: SigningForm,
    refused: RefusedError | None = None,
    is_proved: bool = False,
) -> HttpResponse:
    sections = aup.sections()
    show(request, aup, sections)
    unread = signing.unread(person=request.person, version=leaflet)
    return render(
        request,
        "signing/sign.html",
        {
            "aup": aup,
            "leaflet": leaflet,
            "sections": sections,
            "unread": [section for section in leaflet.sections() if section.key in unread],
            "is_changed": is_changed(request, aup, leaflet),
            "form": form,
            "refused": refused,
            "is_proved": is_proved,
        },
    )


def sign_now(request: StaffRequest, form: SigningForm) -> Declaration:
    """Signs; the worker sends the signer a copy. Raises Refused."""
    aup_id, leaflet_id = form.shown()
    signed_in_with, signed_in_at = way_in(request)
    declaration = signing.sign(
        person=request.person,
        aup_id=aup_id,
        leaflet_id=leaflet_id,
        confirmed=form.confirmed(),
        typed_name=form.cleaned_data.get("typed_name", ""),
        at=request.at,
        signed_in_with=signed_in_with,
        signed_in_at=signed_in_at,
        ip_address=ip_address(request),
        browser=request.headers.get("User-Agent", ""),
    )
    if declaration.signed_at == request.at:  # else a second click, which finds what the first one signed
        told = _("You have signed. A copy is on its way to %(address)s.") % {"address": declaration.person_email}
        messages.success(request, told if declaration.person_email else _("You have signed."))
    return declaration


def way_in(request: StaffRequest) -> tuple[str, dt.datetime | None]:
    """How and when the person signed in last, by the records that the sign-in keeps in the session."""
    found = reauthentication.last(request)
    return (found.way[:80], found.at) if found else (_("not recorded"), None)


def ip_address(request: HttpRequest) -> str | None:
    """Where the request came from, as far as the proxies in front are trusted; None over a socket."""
    try:
        return str(ipaddress.ip_address(get_adapter().get_client_ip(request).partition("%")[0]))
    except (PermissionDenied, ValueError):
        return None


@staff
@require_safe
def declarations(request: StaffRequest) -> HttpResponse:
    """Everything that one ever signed."""
    mine = Declaration.objects.filter(person=request.person)
    in_force = set(mine.in_force(on=request.on).values_list("pk", flat=True))
    rows = [(declaration, declaration.pk in in_force) for declaration in mine.with_texts().newest_first()]
    return render(request, "signing/declarations.html", {"rows": rows, "stands": standing(person=request.person, on=request.on)})


def declaration_for(request: PersonRequest, reference: str) -> Declaration:
    """The declaration, for its signer, and for the leadership and the auditors of the school; a 404 for anybody else.

    Raises allauth's ImmediateHttpResponse for a role that waits for its second factor.
    """
    canonical = references.canonical(reference)
    kept = Declaration.objects.with_texts().select_related("school", "entry__log")
    found = kept.filter(reference=canonical).first() if canonical else None
    if found is None:
        raise Http404
    of_the_school = request.person.school_id in {None, found.school_id}
    if found.person_id != request.person.pk and of_the_school and request.withheld & READERS_OF_ALL:
        raise ImmediateHttpResponse(reauthentication.towards_second_factor(request, request.person))
    if found.person_id != request.person.pk and not (of_the_school and request.roles & READERS_OF_ALL):
        raise Http404
    return found
