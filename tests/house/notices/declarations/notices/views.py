"""The page of one's notices, and what the dashboard shows of them."""

from declarations.notices.models import Notice
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.web.capability import Context
from declarations.web.decorators import StaffRequest, staff


@staff
@require_safe
def notices(request: StaffRequest) -> HttpResponse:
    return render(request, "notices/notices.html", {"notices": Notice.objects.filter(person=request.person)})


def panel(_request: HttpRequest) -> Context:
    return {"number": Notice.objects.count()}
