"""Clears away sessions that have ended."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def clear(*, at: dt.datetime) -> int:
    """Delete ended sessions, with the addresses and browsers that they came from; return how many."""
    deleted, _rows = Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return deleted
