"""Pages for anyone: is a certificate genuine, and how to verify one without this server."""

# allauth's public `consume` does not limit GET requests, and looking up a reference is one.
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from declarations.certificates import verify as verifying
from declarations.certificates.forms import CertificateForm, ReferenceForm
from declarations.signing import reference as references
from declarations.signing.models.declaration import Declaration
from declarations.web.decorators import unlisted
from declarations.web.middleware import ContextRequest

VERIFIER = settings.BASE_DIR / "tools" / "aup_verify.py"


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def verify(request: ContextRequest) -> HttpResponseBase:
    """Show both forms; a reference leads on to its own page, an uploaded file gets its answer here."""
    if request.method == "POST":
        return verify_file(request)
    asked = {"file_form": CertificateForm()}
    if "reference" not in request.GET:
        return render(request, "certificates/verify.html", {"form": ReferenceForm(), **asked})
    form = ReferenceForm(request.GET)
    if form.is_valid():
        return redirect("verify_reference", form.cleaned_data["reference"])
    return render(request, "certificates/verify.html", {"form": form, **asked})


def verify_file(request: ContextRequest) -> HttpResponseBase:
    """Examine an uploaded file and show what it is. The file is not kept."""
    if not ratelimit.consume(request, app="allauth.account", action="verify"):
        return render(request, "certificates/slow_down.html", status=429)
    form = CertificateForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "certificates/verify.html", {"form": ReferenceForm(), "file_form": form})
    return render(
        request, "certificates/examined.html", {"finding": verifying.examine(form.cleaned_data["certificate"].read(), at=request.at)}
    )


@require_safe
def verifier(request: ContextRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Hand out the offline verifier: one Python file that needs no network."""
    response = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="aup_verify.py"'
    return response


@require_safe
@unlisted
def verify_reference(request: ContextRequest, reference: str) -> HttpResponseBase:
    """Show whether a reference is genuine and in force, lapsed, unknown or undecided, and no more than the certificate says."""
    if not ratelimit.consume(request, app="allauth.account", action="verify", limit_get=True):
        return render(request, "certificates/slow_down.html", status=429)
    canonical = references.canonical(reference)
    if canonical is not None and canonical != reference:
        return redirect("verify_reference", canonical)
    rows = Declaration.objects.with_texts().select_related("school", "entry__log__school")
    declaration = rows.filter(reference=canonical).first() if canonical else None
    if declaration is None:
        form = ReferenceForm(initial={"reference": reference[:64]})
        return render(request, "certificates/unknown.html", {"form": form, "typed": reference[:64]}, status=404)
    finding = verifying.by_reference(declaration, at=request.at)
    if finding.outcome == verifying.Outcome.UNDECIDED:
        return render(request, "certificates/examined.html", {"finding": finding})
    return render(
        request,
        "certificates/genuine.html",
        {
            "declaration": declaration,
            "texts": [declaration.leaflet, declaration.aup],
            "today": declaration.school.day_of(request.at),
            "lapsed_on": finding.lapsed_on,
            "recorded_at": finding.recorded_at,
        },
    )
