"""What the dashboard says about checkpoints in hands outside IT."""

from django.http import HttpRequest

from declarations.checkpoints.queries import checkpoint_status
from declarations.evidence import log as evidence
from declarations.evidence.models import Log
from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def outside(request: HttpRequest) -> Context | None:
    school = context_of(request).school
    if school is None:
        return None
    status, last_sent_at = checkpoint_status(school=school, at=context_of(request).at)
    log = Log.objects.filter(school=school).first()
    return {"status": status, "last_sent_at": last_sent_at, "refused": evidence.refusal(log) if log else ""}
