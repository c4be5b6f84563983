"""Where one is signed in: a list, the end of one, and of all."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.web.decorators import PersonRequest, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: PersonRequest) -> HttpResponseBase:
    """Each browser in which one is signed in; `end` ends one, `everywhere` all, this one too."""
    if request.method == "POST":
        return ended(request)
    mine = sorted(UserSession.objects.purge_and_list(request.person), key=lambda session: session.created_at, reverse=True)
    here = request.session.session_key
    return render(request, "sign_in/sessions.html", {"rows": [(session, session.session_key == here) for session in mine]})


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
