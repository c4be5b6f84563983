"""What the pages about a person say of signing: what stays when they leave, and a one-time code for the kiosk."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.signing.actions.kiosk import CODE_IS_GOOD_FOR, give_code
from declarations.signing.models.declaration import Declaration
from declarations.web.admin_base import SchoolScopedAdmin, context_of, person_of, render_admin
from declarations.web.capability import Context


def stays(request: HttpRequest, person: Person) -> Context:  # noqa: ARG001  # every panel takes the request
    return {"declarations": Declaration.objects.filter(person=person).count()}


def one_time_code_form(request: HttpRequest, person: Person) -> Context:
    """The button that gives a code; nobody gives one to themselves, and the trust's people need none."""
    return {"person": person, "may_give": person.school_id is not None and person.pk != person_of(request).pk}


def one_time_code(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    """A POST makes a code and shows it in this answer alone: it is kept nowhere from which it could be shown again."""
    if request.method != "POST":
        return redirect("admin:declarations_person_ways_in", person.pk)
    try:
        _signing_code, code = give_code(person=person, by=person_of(request), at=context_of(request).at)
    except RefusedError as refused:
        model_admin.message_user(request, str(refused), messages.ERROR)
        return redirect("admin:declarations_person_ways_in", person.pk)
    address = f"{settings.SITE_URL}{reverse('tablet')}?{urlencode({'code': code})}"
    context = {
        "person": person,
        "title": _("A one-time code for %(name)s") % {"name": person.full_name},
        "code": code,
        # White behind and black before, in the dark too: cameras read it so.
        "qr": segno.make(address, error="m").svg_data_uri(scale=6, dark="#000", light="#fff"),
        "minutes": int(CODE_IS_GOOD_FOR.total_seconds() // 60),
    }
    return render_admin(request, "signing/admin/one_time_code.html", context, model_admin=model_admin)
