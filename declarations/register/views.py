"""What auditors and the leadership read and take away: the register, and the certificates. Nothing here changes anything."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from declarations.organisation.models.person import Role
from declarations.organisation.models.school import School
from declarations.register import exports, pdf
from declarations.register.forms import RegisterForm
from declarations.register.register import Register, every_declaration
from declarations.register.register import register as register_of
from declarations.signing.status import DeclarationStatus
from declarations.web.decorators import with_role
from declarations.web.middleware import ContextRequest

ROWS_ON_A_PAGE = 50
readers = with_role(Role.Name.AUDITOR, Role.Name.LEADERSHIP)


@require_safe
@readers
def register(request: ContextRequest) -> HttpResponseBase:
    """The register on screen, page by page; the trust's people choose a school first."""
    school = request.school
    if school is None:
        if "school" in request.GET:
            raise Http404
        return render(request, "register/schools.html", {"schools": School.objects.all()})
    form = asked(request)
    context: dict[str, Any] = {"form": form, "today": request.on}
    if form.is_valid():
        listing = register_of(school=school, on=form.cleaned_data["on"] or request.on, filters=form.filters())
        page = Paginator(listing.rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "register": listing,
            "page": page,
            "query": query_of(form, listing, school=school if request.person and request.person.school_id is None else None),
        }
    return render(request, "register/register.html", context)


def of_register(view: Callable[[ContextRequest, Register], HttpResponseBase]) -> Callable[[ContextRequest], HttpResponseBase]:
    """A file made of the register that was asked for; what to answer instead, if there is none."""

    @require_safe
    @readers
    def wrapper(request: ContextRequest) -> HttpResponseBase:
        if request.school is None:
            if "school" in request.GET:
                raise Http404
            return redirect("register")
        form = asked(request)
        if not form.is_valid():
            return render(request, "register/register.html", {"form": form, "today": request.on}, status=400)
        return view(request, register_of(school=request.school, on=form.cleaned_data["on"] or request.on, filters=form.filters()))

    return wrapper


@of_register
def register_csv(_request: ContextRequest, listing: Register) -> HttpResponseBase:
    """The register for a spreadsheet: every row that the filters let through."""
    return download(exports.register_lines(listing), "text/csv; charset=utf-8", f"register-{listing.school.slug}-{listing.on}.csv")


@of_register
def register_pdf(request: ContextRequest, listing: Register) -> HttpResponseBase:
    """The register on paper."""
    content = pdf.register_pdf(register=listing, at=request.at)
    return download([content], "application/pdf", f"register-{listing.school.slug}-{listing.on}.pdf")


@of_register
def certificates_zip(request: ContextRequest, listing: Register) -> HttpResponseBase:
    """The certificates of what is in force (or, with `all=1`, of all that was ever signed), an index, and a list of SHA-256s."""
    if request.GET.get("all") == "1":
        chosen = every_declaration(school=listing.school, on=listing.on, filters=listing.filters)
    else:
        # Who has lapsed is left out, unless it is they who were asked for.
        statuses = {listing.filters.declaration_status or DeclarationStatus.IN_FORCE}
        chosen = [row.declaration.pk for row in listing.rows if row.declaration and row.declaration_status in statuses]
    files = exports.archive(chosen, on=listing.on, by=request.person, at=request.at)
    return download(files, "application/zip", f"certificates-{listing.school.slug}-{listing.on}.zip")


def asked(request: ContextRequest) -> RegisterForm:
    """The form as it was filled in; a day that was left out is today."""
    data = request.GET.copy()
    if "on" not in data:
        data["on"] = request.on.isoformat()
    return RegisterForm(data)


def query_of(form: RegisterForm, listing: Register, *, school: School | None) -> str:
    """What the links to files and other pages carry on; the school only for who has to name one."""
    query = QueryDict(mutable=True)
    if school is not None:
        query["school"] = school.slug
    query["on"] = listing.on.isoformat()
    for name in ("state", "stands", "category", "newer", "q"):
        if form.cleaned_data[name]:
            query[name] = form.cleaned_data[name]
    return query.urlencode()


def download(parts: "exports.Parts", content_type: str, name: str) -> StreamingHttpResponse:
    """A file, sent while it is being made; its name is ASCII, from a slug and a day."""
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
