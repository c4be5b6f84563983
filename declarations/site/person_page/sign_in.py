"""How a person signs in, on one page: linked accounts, second factors, browsers; and the one-time code for the tablet."""

from typing import Any

import segno
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.sign_in.linked_accounts import end_all_sessions, reset_factors, unlink
from declarations.sign_in.models import LinkedAccount
from declarations.signing.actions.kiosk import CODE_IS_GOOD_FOR, give_code
from declarations.web.admin_base import ADMINISTRATOR, SchoolScopedAdmin, context_of, has_role, person_of, render_admin


def ways_in(model_admin: SchoolScopedAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Shows them; a POST gives a code (`code`), unlinks an account (`unlink`), resets second factors, ends sessions."""
    person: Person = model_admin.get_object(request, object_id)
    if request.method == "POST":
        try:
            return done(model_admin, request, person)
        except RefusedError as refused:
            model_admin.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:declarations_person_ways_in", person.pk)
    return page(
        model_admin,
        request,
        person,
        "sign_in/admin/sign_in_methods.html",
        {"title": _("How %(name)s signs in") % {"name": person.full_name}},
    )


def done(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    by, at = person_of(request), context_of(request).at
    what = request.POST.get("do", "")
    if what == "code":
        _given, code = give_code(person=person, by=by, at=at)
        return shown(model_admin, request, person, code)
    if what == "factors":
        reset_factors(person=person, by=by, at=at)
        told = _("Their second step is taken away, and they are signed out everywhere.")
    elif what == "sessions":
        end_all_sessions(person=person, by=by, at=at)
        told = _("They are signed out everywhere.")
    else:
        unlink(account=account_of(person, request.POST.get("unlink", "")), by=by, at=at)
        told = _("Unlinked: the next account that comes with their address is linked.")
    model_admin.log_change(request, person, told)
    model_admin.message_user(request, told, messages.SUCCESS)
    return redirect("admin:declarations_person_ways_in", person.pk)


def account_of(person: Person, number: str) -> LinkedAccount:
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    found = (
        LinkedAccount.objects.filter(person=person, pk=number).select_related("person__school", "provider").first() if is_number else None
    )
    if found is None:
        raise Http404
    return found


def shown(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """The code itself, in this answer alone: it is kept nowhere from which it could be shown again."""
    address = f"{settings.SITE_URL}{reverse('tablet')}?{urlencode({'code': code})}"
    # White behind and black before, in the dark too: cameras read it so.
    qr = segno.make(address, error="m").svg_data_uri(scale=6, dark="#000", light="#fff")
    minutes = int(CODE_IS_GOOD_FOR.total_seconds() // 60)
    facts = {"title": _("A one-time code for %(name)s") % {"name": person.full_name}, "code": code, "qr": qr, "minutes": minutes}
    return page(model_admin, request, person, "signing/admin/one_time_code.html", facts)


def page(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person, template: str, facts: dict[str, Any]) -> HttpResponse:
    context = {
        "person": person,
        "accounts": LinkedAccount.objects.filter(person=person).select_related("provider"),
        "factors": Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES),
        "sessions": UserSession.objects.filter(user=person).count(),
        "may_help": has_role(request, ADMINISTRATOR) and person.pk != person_of(request).pk,
        "may_give": person.school_id is not None and person.pk != person_of(request).pk,
        **facts,
    }
    return render_admin(request, template, context, model_admin=model_admin)
