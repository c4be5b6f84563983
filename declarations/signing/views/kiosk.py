"""The shared tablet: nobody is signed in on its browser, and whoever has a one-time code can read and sign there.

Its session holds which tablet it is, and which code is in use since when; the middleware refuses everything else. The server
ends the use of a code, not the browser: after two minutes without a touch, after signing, and on leaving.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

# The public `consume` leaves every GET alone.
from allauth.core.internal import ratelimit
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Role
from declarations.policies.models import PolicyVersion
from declarations.sign_in.forms.reauthenticate import CodeForm
from declarations.signing.actions import kiosk
from declarations.signing.actions.sign import Submission
from declarations.signing.forms.kiosk import OpenForm
from declarations.signing.forms.sign import SigningForm
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.queries import code_in_use, is_lent, sign_in_method, to_sign
from declarations.signing.views.read import sections_shown
from declarations.web.client_address import client_address
from declarations.web.decorators import with_role
from declarations.web.middleware import KIOSK, ContextRequest

CODE, TOUCHED, DONE = "tablet_code", "tablet_touched", "tablet_done"
IDLE_SECONDS = 120


class GuestRequest(ContextRequest):
    """A request of somebody who sits at the tablet with a code."""

    tablet: KioskSession
    code: SigningCode


def guest[**P](
    view: Callable[Concatenate[GuestRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ContextRequest, P], HttpResponseBase]:
    """At an open tablet, with a code in use, touched within two minutes; everybody else is sent to the tablet's first page."""

    @wraps(view)
    def at_the_tablet(request: ContextRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        lent = tablet_of(request)
        code = code_of(request, lent) if lent else None
        if lent is None or code is None:
            return unsaved(redirect("tablet"))
        request.session[TOUCHED] = request.at.timestamp()
        request.tablet, request.code = lent, code  # type: ignore[attr-defined]  # a GuestRequest from now on
        return unsaved(view(request, *args, **kwargs))  # type: ignore[arg-type]

    return at_the_tablet


def unsaved[Response: HttpResponseBase](response: Response) -> Response:
    """In no cache, so that *back* shows nothing of who was here."""
    add_never_cache_headers(response)
    return response


def tablet_of(request: ContextRequest) -> KioskSession | None:
    """The open tablet that this browser is; a closed one is forgotten, and the browser is like any other again."""
    number = request.session.get(KIOSK)
    if number is None:
        return None
    lent = KioskSession.objects.select_related("school", "opened_by").filter(pk=number).first()
    if lent is None or not is_lent(lent, at=request.at):
        request.session.flush()
        return None
    return lent


def code_of(request: ContextRequest, lent: KioskSession) -> SigningCode | None:
    """The code in use; once nobody has touched the tablet for two minutes it is done with."""
    number = request.session.get(CODE)
    code = code_in_use(code_id=number, tablet=lent, at=request.at) if number is not None else None
    if code is not None and request.at.timestamp() - request.session.get(TOUCHED, 0) > IDLE_SECONDS:
        kiosk.leave(code=code, at=request.at)
        code = None
    if code is None:
        forget(request)
    return code


def forget(request: ContextRequest) -> None:
    """Nothing of the person stays in the browser's session, and its key is another."""
    if CODE in request.session:
        del request.session[CODE], request.session[TOUCHED]
        request.session.cycle_key()


@require_http_methods(["GET", "HEAD", "POST"])
@with_role(Role.Name.LEADERSHIP, Role.Name.ADMINISTRATOR)
def open_here(request: ContextRequest) -> HttpResponseBase:
    """Makes this device the tablet: its browser is signed out, and can do nothing but sign for who has a code."""
    if request.school is None or request.person is None:
        return redirect("register")
    form = OpenForm(request.POST) if request.method == "POST" else OpenForm()
    if request.method == "POST" and form.is_valid():
        try:
            lent = kiosk.open_tablet(school=request.school, by=request.person, at=request.at, lasts=form.lasts())
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            logout(request)
            request.session[KIOSK] = lent.pk
            request.session.set_expiry(int(form.lasts().total_seconds()))
            return redirect("tablet")
    return render(request, "signing/kiosk/open.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: ContextRequest) -> HttpResponseBase:
    """Takes the next person's code. On any other device: says what this is."""
    lent = tablet_of(request)
    if lent is None:
        return unsaved(render(request, "signing/kiosk/not_here.html"))
    if code_of(request, lent) is not None and request.method != "POST":
        return unsaved(redirect("tablet_leaflet"))
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm(initial={"code": offered(request)})
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="tablet_code", key=f"tablet {lent.pk}"):
            return unsaved(render(request, "429.html", {"school": lent.school}, status=429))
        try:
            code = kiosk.use_code(tablet=lent, typed=form.cleaned_data["code"], at=request.at)
        except RefusedError as refused:
            form.add_error("code", str(refused))
        else:
            request.session.cycle_key()
            request.session[CODE], request.session[TOUCHED] = code.pk, request.at.timestamp()
            return unsaved(redirect("tablet_leaflet"))
    done = request.session.pop(DONE, None) if request.method == "GET" else None
    return unsaved(render(request, "signing/kiosk/start.html", {"form": form, "school": lent.school, "done": done}))


def offered(request: ContextRequest) -> str:
    """The code that a QR from the office carries in the address; it is still for the person to go on."""
    code = request.GET.get("code", "")
    return code if len(code) <= 20 and code.isascii() and code.isprintable() else ""


@guest
@require_safe
def leaflet(request: GuestRequest) -> HttpResponse:
    """The leaflet on one page."""
    person, school = request.code.person, request.tablet.school
    version = PolicyVersion.objects.filter(school=school, document="leaflet").current(on=school.day_of(request.at)).get("leaflet")
    if version is None:
        return render(request, "signing/kiosk/nothing.html", {"school": school, "guest": person})
    sections = sections_shown(request, version, to=person)
    return render(request, "signing/kiosk/leaflet.html", {"school": school, "guest": person, "version": version, "sections": sections})


@guest
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: GuestRequest) -> HttpResponse:
    """The policy, the confirmations, the name; a POST signs, and nobody is at the tablet any more."""
    person, school = request.code.person, request.tablet.school
    page = to_sign(person=person, school=school, on=school.day_of(request.at))
    if page is None:
        return render(request, "signing/kiosk/nothing.html", {"school": school, "guest": person})
    if page.unread:
        return redirect("tablet_leaflet")
    if page.signed is not None:
        return finished(request, page.signed.reference)
    form = SigningForm(request.POST if request.method == "POST" else None, page=page)
    refused = None
    if form.is_to_be_signed():
        submission = Submission(
            person=person,
            at=request.at,
            **form.typed(),
            signed_in_with=sign_in_method(request.code),
            signed_in_at=request.code.used_at,
            ip_address=client_address(request),
            browser=request.headers.get("User-Agent", ""),
        )
        try:
            return finished(request, kiosk.sign(code=request.code, submission=submission).reference)
        except RefusedError as error:
            refused, form = error, form.after(error)
    form.fields["typed_name"].widget.attrs["autocomplete"] = "off"  # the browser must not offer it to the next person
    sections = sections_shown(request, page.aup, to=person)
    context = {"school": school, "guest": person, "aup": page.aup, "sections": sections, "form": form, "refused": refused}
    return render(request, "signing/kiosk/sign.html", context)


def finished(request: GuestRequest, reference: str) -> HttpResponse:
    """Back to the first page, which says once that it is done; by name no more."""
    kiosk.leave(code=request.code, at=request.at)
    forget(request)
    request.session[DONE] = {"reference": reference, "by_mail": bool(request.code.person.email)}
    return redirect("tablet")


@guest
@require_POST
def leave(request: GuestRequest) -> HttpResponse:
    """Gone without signing."""
    kiosk.leave(code=request.code, at=request.at)
    forget(request)
    return redirect("tablet")


@guest
@require_POST
def touched(request: GuestRequest) -> HttpResponse:  # noqa: ARG001  # that it was asked is what counts
    """Somebody is still reading: the page tells so when it is touched or scrolled."""
    return HttpResponse(status=204)
