"""Sign-ins that have ended."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def clear(*, at: dt.datetime) -> int:
    """Deletes them, and from which address and browser they were; how many."""
    deleted, _rows = Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return deleted
