"""Signing, and what one has signed."""

from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.common.errors import RefusedError
from declarations.organisation.authorise import may_act
from declarations.signing import reference as references
from declarations.signing.actions import sign as signing
from declarations.signing.forms.sign import SigningForm
from declarations.signing.models.declaration import Declaration
from declarations.signing.queries import READERS, ToSign, to_sign
from declarations.signing.status import signing_status
from declarations.signing.views.read import nothing_yet, sections_shown
from declarations.web import reauthentication
from declarations.web.client_address import client_address
from declarations.web.decorators import PersonRequest, StaffRequest, staff

# Where the session keeps what was ticked and typed, while the signer proves again who they are.
TYPED = "typed_to_sign"


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: StaffRequest) -> HttpResponse:
    """The policy in full, the confirmations, the name: a POST signs, and leads to the certificate."""
    page = to_sign(person=request.person, school=request.school, on=request.on)
    if page is None:
        return nothing_yet(request)
    if page.signed is not None:
        return signed_already(request, page)
    if request.person.waits(at=request.at):
        return redirect("waiting")
    proof = reauthentication.last(request)
    is_fresh = proof is not None and proof.is_fresh(at=request.at)
    kept, refused = request.session.get(TYPED), None
    form = SigningForm(request.POST if request.method == "POST" else None, page=page, kept=kept)
    if form.is_to_be_signed():
        if form.is_about_these() and not is_fresh:
            # A signature may be disputed: nobody signs who merely finds a session open.
            request.session[TYPED] = form.typed()
            return reauthentication.towards_fresh(request.person, then=reverse("sign"))
        try:
            return signed(request, signing.sign(submission_of(request, form, proof)))
        except RefusedError as error:
            refused, form = error, form.after(error)
    is_proved = request.method != "POST" and kept is not None and is_fresh
    context = {"page": page, "form": form, "refused": refused, "is_proved": is_proved}
    return render(request, "signing/sign.html", {**context, "sections": sections_shown(request, page.aup, to=request.person)})


def signed_already(request: StaffRequest, page: ToSign) -> HttpResponse:
    """Whoever has nothing left to sign is told so; a second click leads to the certificate, as the first did."""
    if request.method == "POST" and page.signed is not None:
        return redirect("certificate", page.signed.reference)
    return render(request, "signing/signed_already.html", {"signing_status": page.signing_status})


def submission_of(request: StaffRequest, form: SigningForm, proof: reauthentication.Authentication | None) -> signing.Submission:
    """What the request says, in one value."""
    return signing.Submission(
        person=request.person,
        at=request.at,
        **form.typed(),
        signed_in_with=proof.method[:80] if proof else _("not recorded"),
        signed_in_at=proof.at if proof else None,
        ip_address=client_address(request),
        browser=request.headers.get("User-Agent", ""),
    )


def signed(request: StaffRequest, declaration: Declaration) -> HttpResponse:
    """On to the certificate; a second click finds what the first one signed, and says nothing again."""
    request.session.pop(TYPED, None)
    if declaration.signed_at == request.at:
        copy = _("You have signed. A copy is on its way to %(address)s.") % {"address": declaration.person_email}
        messages.success(request, copy if declaration.person_email else _("You have signed."))
    return redirect("certificate", declaration.reference)


@staff
@require_safe
def declarations(request: StaffRequest) -> HttpResponse:
    """Everything that one ever signed."""
    signed = Declaration.objects.filter(person=request.person)
    in_force = set(signed.in_force(on=request.on).values_list("pk", flat=True))
    rows = [(declaration, declaration.pk in in_force) for declaration in signed.with_texts().newest_first()]
    status = signing_status(person=request.person, on=request.on)
    return render(request, "signing/declarations.html", {"rows": rows, "signing_status": status})


def declaration_for(request: PersonRequest, reference: str, *, roles: frozenset[str] = READERS) -> Declaration:
    """The declaration, for its signer, and for those at the school who have one of the roles; a 404 for anybody else.

    Raises allauth's ImmediateHttpResponse for a role that waits for its second factor.
    """
    canonical = references.canonical(reference)
    declarations = Declaration.objects.with_texts().select_related("school", "entry__log")
    declaration = declarations.filter(reference=canonical).first() if canonical else None
    if declaration is None:
        raise Http404
    if declaration.person_id != request.person.pk:
        if not may_act(by=request.person, school=declaration.school, roles=roles, at=request.at):
            raise Http404
        if request.withheld:
            raise ImmediateHttpResponse(reauthentication.towards_second_factor(request, request.person))
    return declaration
