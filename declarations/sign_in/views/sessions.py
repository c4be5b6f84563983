"""The page that lists the browsers in which somebody is signed in, and signs out one or all of them."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.web.decorators import PersonRequest, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: PersonRequest) -> HttpResponseBase:
    """List the person's open sessions; a POST ends the one whose number is in `end`, or all of them with `everywhere`."""
    if request.method == "POST":
        return ended(request)
    mine = sorted(UserSession.objects.purge_and_list(request.person), key=lambda session: session.created_at, reverse=True)
    here = request.session.session_key
    rows = [(session, session.session_key == here) for session in mine]
    linked = LinkedAccount.objects.filter(person=request.person, ended_at__isnull=True).values("provider")
    providers = IdentityProvider.objects.filter(Q(school=request.person.school_id) | Q(school__isnull=True), in_use=True)
    return render(request, "sign_in/sessions.html", {"rows": rows, "providers": providers.exclude(pk__in=linked)})


def ended(request: PersonRequest) -> HttpResponseBase:
    mine = UserSession.objects.filter(user=request.person)
    if request.POST.get("end") == "everywhere":
        for session in mine:
            session.end()
        logout(request)
        messages.success(request, _("You are signed out everywhere."))
        return redirect("account_login")
    number = request.POST.get("end", "")
    session = mine.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if session is None:
        raise Http404
    is_here = session.session_key == request.session.session_key
    session.end()
    if is_here:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("Ended: that browser is signed out."))
    return redirect("sessions")
