"""Re-authentication: with a code by e-mail, or by setting up a second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication

# allauth's public `consume` does not limit GET requests.
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.sign_in.forms.reauthenticate import CodeForm
from declarations.web.decorators import PersonRequest, second_factor_required, signed_in
from declarations.web.middleware import ContextRequest

CODE = "proof_code"
GOOD_FOR_SECONDS = 180
TRIES = 3


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: PersonRequest) -> HttpResponseBase:
    """Send a code to the person's own address; typing it here is a fresh proof."""
    if not request.person.email:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.method != "POST":
        return page(request, CodeForm() if waiting(request) else None)
    if "code" not in request.POST:
        return send(request)
    kept = waiting(request)
    form = CodeForm(request.POST)
    if kept is None:
        form.add_error(None, _("There is no code to type any more: it is too old, or was mistyped three times. Let one be sent again."))
        return page(request, None, complaint=form)
    if form.is_valid():
        if constant_time_compare(kept["hash"], hashed(request, form.cleaned_data["code"])):
            del request.session[CODE]
            record_authentication(request, request.person, "code", reauthenticated=True)
            return redirect(then(request) or settings.LOGIN_REDIRECT_URL)
        form.add_error("code", _("This is not the code that was sent."))
    request.session[CODE] = kept | {"left": kept["left"] - 1}
    return page(request, form)


def send(request: PersonRequest) -> HttpResponseBase:
    if not ratelimit.consume(request, app="allauth.account", action="proof_code", user=request.person):
        return ratelimit.respond_429(request)  # type: ignore[no-any-return]  # allauth ships no types
    adapter = get_adapter()
    code = adapter.generate_login_code()
    request.session[CODE] = {"hash": hashed(request, code), "at": request.at.timestamp(), "left": TRIES}
    adapter.send_mail("account/email/proof_code", request.person.email, {"code": code, "request": request})
    return page(request, CodeForm())


def waiting(request: PersonRequest) -> dict[str, Any] | None:
    """What the session keeps of the code that was sent, while that code counts."""
    kept: dict[str, Any] | None = request.session.get(CODE)
    is_good = kept is not None and kept["left"] > 0 and 0 <= request.at.timestamp() - kept["at"] < GOOD_FOR_SECONDS
    return kept if is_good else None


def hashed(request: PersonRequest, code: str) -> str:
    return salted_hmac("declarations.proof_code", f"{request.person.pk} {normalize_user_code(code)}", algorithm="sha256").hexdigest()


def page(request: PersonRequest, form: CodeForm | None, *, complaint: CodeForm | None = None) -> HttpResponse:
    facts = {"form": form, "complaint": complaint, "next": then(request), "ways": other_ways(request)}
    return render(request, "sign_in/reauthenticate_by_code.html", facts)


def other_ways(request: PersonRequest) -> list[dict[str, str]]:
    return [method for method in get_adapter().get_reauthentication_methods(request.person) if method["id"] != "code"]


def then(request: HttpRequest) -> str:
    """The path of ours to go to afterwards; "" if the request names none."""
    there = request.POST.get("next") or request.GET.get("next", "")
    known = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if known and there.startswith("/") and there.isprintable() else ""


def proves_by_setting_up(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap allauth's pages on which a second factor is set up: setting one up is a fresh proof, in this session alone.

    Another session proves nothing by it, because somebody else who knows the password may have it open.
    """

    @wraps(view)
    def wrapper(request: ContextRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        before = set(Authenticator.objects.filter(user=request.person).values_list("pk", flat=True))
        response = view(request, *args, **kwargs)
        real = Authenticator.objects.filter(user=request.person).exclude(type=Authenticator.Type.RECOVERY_CODES).exclude(pk__in=before)
        for factor in real if request.method == "POST" else []:
            if factor.type == Authenticator.Type.WEBAUTHN:
                # We keep what was ticked; `reason_against` in allauth_adapters.py refuses a passkey that could do it all the same.
                factor.data["passwordless"] = "passwordless" in request.POST
                factor.save(update_fields=["data"])
            record_authentication(request, request.person, "mfa", id=factor.pk, type=factor.type, reauthenticated=True)
        return response

    return second_factor_required(wrapper)
