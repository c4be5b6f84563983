"""The admin's page of how a person signs in: linked accounts, second factors, open sessions, and panels of other rooms."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.sign_in.linked_accounts import end_all_sessions, reset_factors, unlink
from declarations.sign_in.models import LinkedAccount
from declarations.web import registry
from declarations.web.admin_base import ADMINISTRATOR, SchoolScopedAdmin, context_of, has_role, person_of, render_admin
from declarations.web.panels import rendered

# What an administrator reads when somebody has a role: then nothing is done before a second person confirms it.
ASKED = gettext_lazy("It is done once a second person confirms it, or they themself; all concerned have been told.")


def ways_in(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    """Show the page; a POST unlinks an account (field `unlink`), resets second factors or ends sessions (field `do`)."""
    if request.method == "POST":
        try:
            return done(model_admin, request, person)
        except RefusedError as refused:
            model_admin.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:declarations_person_ways_in", person.pk)
    return page(model_admin, request, person)


def done(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    by, at = person_of(request), context_of(request).at
    what = request.POST.get("do", "")
    if what == "factors":
        change = reset_factors(person=person, by=by, at=at)
        sentence = _("Their second step is taken away, and they are signed out everywhere.") if change.made_at else ASKED
    elif what == "sessions":
        end_all_sessions(person=person, by=by, at=at)
        sentence = _("They are signed out everywhere.")
    else:
        change = unlink(account=account_of(person, request.POST.get("unlink", "")), by=by, at=at)
        sentence = _("Unlinked: the next account that comes with their address is linked.") if change.made_at else ASKED
    model_admin.log_change(request, person, str(sentence))
    model_admin.message_user(request, sentence, messages.SUCCESS)
    return redirect("admin:declarations_person_ways_in", person.pk)


def account_of(person: Person, number: str) -> LinkedAccount:
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    account = (
        LinkedAccount.objects.filter(person=person, pk=number).select_related("person__school", "provider").first() if is_number else None
    )
    if account is None:
        raise Http404
    return account


def page(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    context = {
        "title": _("How %(name)s signs in") % {"name": person.full_name},
        "person": person,
        "accounts": LinkedAccount.objects.filter(person=person).select_related("provider"),
        "factors": Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES),
        "sessions": UserSession.objects.filter(user=person).count(),
        "may_help": has_role(request, ADMINISTRATOR) and person.pk != person_of(request).pk,
        "panels": rendered(registry.in_order(lambda room: room.sign_in_methods), request, person),
    }
    return render_admin(request, "sign_in/admin/sign_in_methods.html", context, model_admin=model_admin)
