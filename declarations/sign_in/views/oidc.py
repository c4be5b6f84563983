"""Sends somebody to the school's Microsoft 365 or Google, and takes them back: to sign in, or to prove again who they are."""

import logging
import secrets
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login

# allauth's public `consume` does not limit GET requests, and these are.
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.sign_in import oidc_client
from declarations.sign_in.linked_accounts import recognise
from declarations.sign_in.models import IdentityProvider
from declarations.sign_in.oidc_claims import ClaimsError, Identity
from declarations.sign_in.oidc_client import Asked, ProviderError
from declarations.web.middleware import ContextRequest

log = logging.getLogger("declarations.sign_in.oidc_client")

ASKED = "identity_asked"
WAITS_FOR_SECONDS = 600
MOST_AT_ONCE = 5
# What somebody reads whom the provider knows and we do not let in, by the code of a ClaimsError.
UNFIT = {
    "token": gettext_lazy("The answer could not be checked, so it was not believed. Sign in again; if it happens twice, tell IT support."),
    "again": gettext_lazy(
        "The provider did not say that you typed your password there just now, so this is no fresh proof. Prove in another way "
        "who you are; if it says so each time, tell IT support (the claim “auth_time”)."
    ),
    "tenant": gettext_lazy("That account is not the school's. Sign in with the account that the school gave you."),
    "guest": gettext_lazy("That account is a guest at the school's Microsoft 365. Sign in with the account that the school gave you."),
    "domain": gettext_lazy(
        "That account's address is not one that the school gives to its staff. Pupils' and private accounts do not open this site: "
        "sign in with your own work account."
    ),
    "unverified": gettext_lazy("The provider has not verified that account's address. Ask IT support of the school."),
}


@require_safe
@never_cache
def begin(request: ContextRequest, slug: str) -> HttpResponseBase:
    """Send the browser to the provider. It is a link, because the CSP (`form-action`) lets no form lead to another site."""
    provider = provider_called(slug)
    again, link = (request.person is not None and name in request.GET for name in ("again", "link"))
    if request.person is not None and not again and not link:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if not ratelimit.consume(request, app="allauth.account", action="identity", limit_get=True):
        return ratelimit.respond_429(request)  # type: ignore[no-any-return]  # allauth ships no types
    state = secrets.token_urlsafe(24)
    try:
        url, asked = oidc_client.ask(provider, state=state, callback=callback_of(provider), again=again)
    except ProviderError as trouble:
        return not_answering(request, provider, trouble)
    waiting: dict[str, Any] = request.session.get(ASKED, {})
    waiting[state] = {**asdict(asked), "slug": slug, "link": link, "next": wanted(request), "at": request.at.timestamp()}
    # The oldest go first, so that a session does not grow without end.
    request.session[ASKED] = dict(list(waiting.items())[-MOST_AT_ONCE:])
    return redirect(url)


@require_safe
@never_cache
def callback(request: ContextRequest, slug: str) -> HttpResponseBase:
    """Take the browser back from the provider and sign in whom it vouches for, if the school has them. An answer counts once."""
    provider = provider_called(slug)
    if not ratelimit.consume(request, app="allauth.account", action="identity", limit_get=True):
        return ratelimit.respond_429(request)  # type: ignore[no-any-return]  # allauth ships no types
    kept = taken(request, request.GET.get("state", ""))
    if kept is None or kept["slug"] != slug or request.at.timestamp() - kept["at"] > WAITS_FOR_SECONDS:
        sentence = _("This answer belongs to no sign-in that is under way in this browser: it came late, or twice. Sign in again.")
        return refused(request, provider, sentence, status=400)
    if "code" not in request.GET:
        return refused(request, provider, _("You came back without being signed in there. You can try again, or sign in another way."))
    return answered(request, provider, kept)


def answered(request: ContextRequest, provider: IdentityProvider, kept: dict[str, Any]) -> HttpResponseBase:
    """Ask the provider who came back, and find the person whose account that is."""
    try:
        asked = Asked(nonce=kept["nonce"], verifier=kept["verifier"], again=kept["again"])
        identity = oidc_client.answer(provider, asked, code=request.GET["code"], callback=callback_of(provider), at=request.at)
        signed_in = request.person if kept["link"] else None
        person = recognise(provider=provider, identity=identity, at=request.at, signed_in=signed_in)
    except ProviderError as trouble:
        return not_answering(request, provider, trouble)
    except ClaimsError as unfit:
        log.warning("%s: not believed (%s)", provider.slug, unfit.code)
        return refused(request, provider, str(UNFIT[unfit.code]))
    except RefusedError as refusal:
        log.warning("%s: nobody of ours (%s)", provider.slug, refusal.code)
        return refused(request, provider, str(refusal))
    return proved(request, provider, person, kept, identity)


def proved(
    request: ContextRequest, provider: IdentityProvider, person: Person, kept: dict[str, Any], identity: Identity
) -> HttpResponseBase:
    """Sign the person in; if they are signed in, record the fresh proof, or say that the account is linked."""
    # Both count: the school says that its provider asks everybody for a second factor, and the token says that it did.
    has_second_factor = provider.second_factor and identity.second_factor
    facts: dict[str, Any] = {"provider_name": provider.get_kind_display(), "second_factor": has_second_factor}
    email = identity.email
    if kept["again"] or kept["link"]:
        if request.person is None or request.person.pk != person.pk:
            return refused(request, provider, _("That is somebody else's account: you are signed in here as another person."))
        if kept["link"]:
            messages.success(request, _("Linked: from now on %(provider)s signs you in, too.") % {"provider": provider})
            return redirect("sessions")
        record_authentication(request, person, "identity", reauthenticated=True, **facts)
        return redirect(kept["next"] or settings.LOGIN_REDIRECT_URL)
    if request.person is not None:
        logout(request)
    record_authentication(request, person, "identity", **facts)
    if person.email.lower() != email:
        messages.info(
            request,
            _("%(provider)s calls you %(there)s, and the school has %(here)s. E-mails go to the latter; the office can change it.")
            % {"provider": provider, "there": email, "here": person.email or "–"},
        )
    return perform_login(request, person, redirect_url=kept["next"] or None)  # type: ignore[no-any-return]  # allauth ships no types


def provider_called(slug: str) -> IdentityProvider:
    provider = IdentityProvider.objects.filter(slug=slug, in_use=True).first() if slug.isascii() and slug.isprintable() else None
    if provider is None:
        raise Http404
    return provider


def callback_of(provider: IdentityProvider) -> str:
    return f"{settings.SITE_URL}{reverse('identity_callback', args=[provider.slug])}"


def wanted(request: ContextRequest) -> str:
    """The path of ours to go to afterwards; "" if the request names none."""
    there = request.GET.get("next", "")
    known = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if known and there.startswith("/") and there.isprintable() and not urlsplit(there).netloc else ""


def taken(request: ContextRequest, state: str) -> dict[str, Any] | None:
    """Take what the session keeps under this state out of it, so that it counts once."""
    waiting: dict[str, dict[str, Any]] = request.session.get(ASKED, {})
    kept = waiting.pop(state, None)
    if kept is not None:
        request.session[ASKED] = waiting
    return kept


def not_answering(request: ContextRequest, provider: IdentityProvider, error: ProviderError) -> HttpResponse:
    log.error("%s: %s", provider.slug, error)
    sentence = _("%(provider)s cannot be asked at the moment. Sign in with a code by e-mail meanwhile; IT finds the reason in the log.")
    return refused(request, provider, sentence % {"provider": provider}, status=503)


def refused(request: ContextRequest, provider: IdentityProvider, sentence: str, *, status: int = 403) -> HttpResponse:
    return render(request, "sign_in/identity_refused.html", {"provider": provider, "sentence": sentence}, status=status)
