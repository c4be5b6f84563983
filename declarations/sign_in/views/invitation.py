"""The page behind the link of an invitation. A GET changes nothing, because mail programs open links, too."""

# allauth's public `consume` does not limit GET requests, and trying links is one.
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from declarations.common.errors import RefusedError
from declarations.sign_in import invitations
from declarations.sign_in.forms.invitation import WelcomeForm
from declarations.web.decorators import unlisted
from declarations.web.middleware import ContextRequest


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def welcome(request: ContextRequest, secret: str) -> HttpResponseBase:
    """Let somebody choose a password, a passkey or neither, and sign them in. Every link that does not work gets the same page."""
    if not ratelimit.consume(request, app="allauth.account", action="invitation", limit_get=True):
        return render(request, "429.html", status=429)
    invitation = invitations.open_invitation(secret=secret, at=request.at)
    if invitation is None:
        return gone(request)
    person = invitation.person
    form = WelcomeForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        try:
            person = invitations.accept(invitation=invitation, password=form.cleaned_data["password1"], at=request.at)
        except RefusedError:
            return gone(request)
        there = reverse("mfa_add_webauthn" if "passkey" in request.POST else "home")
        response: HttpResponseBase = perform_login(request, person, email_verification="none", redirect_url=there)
        record_authentication(request, person, method="invitation", email=person.email)
        return response
    with timezone.override(person.school.zone if person.school else None):
        facts = {"form": form, "invited": person, "school": person.school, "expires_at": invitation.expires_at, "secret": secret}
        return render(request, "sign_in/welcome.html", facts)


def gone(request: ContextRequest) -> HttpResponseBase:
    return render(request, "sign_in/welcome_gone.html", status=404)
