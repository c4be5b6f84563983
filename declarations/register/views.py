"""What auditors and the leadership read and take away: the register, and the certificates. Nothing here changes anything."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
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
        register_rows = register_of(school=school, on=form.cleaned_data["on"] or request.on, filters=form.filters())
        page = Paginator(register_rows.rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "register": register_rows,
            "page": page,
            "query": query_of(form, register_rows, school=school if request.person and request.person.school_id is None else None),
        }
    return render(request, "register/register.html", context)


@require_safe
@readers
def register_csv(request: ContextRequest) -> HttpResponseBase:
    """The register for a spreadsheet: every row that the filters let through."""
    answer = found_or_answer(request)
    if not isinstance(answer, Register):
        return answer
    return download(exports.register_lines(answer), "text/csv; charset=utf-8", f"register-{answer.school.slug}-{answer.on}.csv")


@require_safe
@readers
def register_pdf(request: ContextRequest) -> HttpResponseBase:
    """The register on paper."""
    answer = found_or_answer(request)
    if not isinstance(answer, Register):
        return answer
    content = pdf.register_pdf(register=answer, at=request.at)
    return download([content], "application/pdf", f"register-{answer.school.slug}-{answer.on}.pdf")


@require_safe
@readers
def certificates_zip(request: ContextRequest) -> HttpResponseBase:
    """The certificates of what is in force (or, with `all=1`, of all that was ever signed), an index, and a list of SHA-256s."""
    answer = found_or_answer(request)
    if not isinstance(answer, Register):
        return answer
    if request.GET.get("all") == "1":
        chosen = every_declaration(school=answer.school, on=answer.on, filters=answer.filters)
    else:
        # Who has lapsed is left out, unless it is they who were asked for.
        statuses = {answer.filters.declaration_status or DeclarationStatus.IN_FORCE}
        chosen = [row.declaration.pk for row in answer.rows if row.declaration and row.declaration_status in statuses]
    return download(
        exports.archive(chosen, on=answer.on, by=request.person, at=request.at),
        "application/zip",
        f"certificates-{answer.school.slug}-{answer.on}.zip",
    )


def asked(request: ContextRequest) -> RegisterForm:
    """The form as it was filled in; a day that was left out is today."""
    data = request.GET.copy()
    if "on" not in data:
        data["on"] = request.on.isoformat()
    return RegisterForm(data)


def found_or_answer(request: ContextRequest) -> Register | HttpResponse:
    """The register that was asked for, or what to answer instead of a file."""
    if request.school is None:
        if "school" in request.GET:
            raise Http404
        return redirect("register")
    form = asked(request)
    if not form.is_valid():
        return render(request, "register/register.html", {"form": form, "today": request.on}, status=400)
    return register_of(school=request.school, on=form.cleaned_data["on"] or request.on, filters=form.filters())


def query_of(form: RegisterForm, register_rows: Register, *, school: School | None) -> str:
    """What the links to files and other pages carry on; the school only for who has to name one."""
    query = QueryDict(mutable=True)
    if school is not None:
        query["school"] = school.slug
    query["on"] = register_rows.on.isoformat()
    for name in ("state", "stands", "category", "q"):
        if form.cleaned_data[name]:
            query[name] = form.cleaned_data[name]
    return query.urlencode()


def download(parts: "exports.Parts", content_type: str, name: str) -> StreamingHttpResponse:
    """A file, sent while it is being made; its name is ASCII, from a slug and a day."""
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
