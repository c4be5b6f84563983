"""What the dashboard says about the network: who is still connected and may not be, and tokens that somebody must look after."""

import datetime as dt

from django.db.models import Q
from django.http import HttpRequest

from declarations.network.coa import not_acknowledged
from declarations.network.models import NetworkToken
from declarations.web.admin_base import context_of
from declarations.web.capability import Context

# A new token is put into a server within a month; a refusal is looked into within a week, or is old.
SOON, LATELY = dt.timedelta(days=30), dt.timedelta(days=7)


def still_connected(request: HttpRequest) -> Context | None:
    school = context_of(request).school
    rows = not_acknowledged(at=context_of(request).at, school=school) if school else []
    return {"still_connected": rows, "has_controllers": school.controllers.filter(in_use=True).exists()} if school and rows else None


def tokens_to_look_after(request: HttpRequest) -> Context | None:
    """Live tokens of the school that expire soon or have, and those that were lately used as they may not be."""
    school, at = context_of(request).school, context_of(request).at
    near = Q(expires_at__lte=at + SOON) | Q(refused_at__gt=at - LATELY)
    tokens = list(NetworkToken.objects.live().filter(near, school=school).order_by("name", "pk").select_related("school")) if school else []
    return {
        "expiring": [token for token in tokens if token.expires_at and at < token.expires_at <= at + SOON],
        "expired": [token for token in tokens if token.expires_at and token.expires_at <= at],
        "refused": [token for token in tokens if token.refused_at and token.refused_at > at - LATELY],
    } if tokens else None  # fmt: skip
