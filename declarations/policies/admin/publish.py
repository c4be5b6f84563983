"""Publishing with open eyes: a form, then what it would do, clause by clause and person by person, and only then the button."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from declarations.common.errors import RefusedError
from declarations.policies import publishing
from declarations.policies.forms import APPROVAL, PublishForm
from declarations.policies.models import PolicyVersion
from declarations.web import registry
from declarations.web.admin_base import context_of, person_of
from declarations.web.capability import Panel, PublishImpact
from declarations.web.panels import rendered

# Beside which field a refusal stands; any other one stands above them all.
BESIDE = {"refused": "effective_from", "approved_by": "approved_by", "approved_on": "approved_on", "review_on": "review_on"}


def answer(request: HttpRequest, version: PolicyVersion) -> tuple[PublishForm | None, dict[str, Any]]:
    """The form to show and what stands beside it; no form if the draft is published now.

    The form comes first; what it asks is shown with everything that follows from it; the button on that page carries the
    fingerprint of what was shown, and publishes nothing else.
    """
    on = version.school.day_of(context_of(request).at)
    beside = beside_the_form(request, version, on)
    if request.method != "POST":
        typed = {name: getattr(version, name) for name in APPROVAL}
        return PublishForm(initial={"effective_from": on, **typed}, on=on), beside
    form = PublishForm(request.POST, on=on)
    if not form.is_valid() or "back" in request.POST:
        return form, beside
    decided = publication(form)
    try:
        if "publish" in request.POST:
            publish(request, version, decided)
            return None, {}
        return form, beside | look(request, version, decided)
    except RefusedError as refused:
        field = BESIDE.get(refused.code)
        form.add_error(field, str(refused))
        return form, beside


def beside_the_form(request: HttpRequest, version: PolicyVersion, on: Any) -> dict[str, Any]:
    """What changes against the version before, which is the one that the draft takes the place of; and whether that is due."""
    of_document = PolicyVersion.objects.published().filter(school=version.school_id, document=version.document)
    before = of_document.select_related("school").order_by("-number").first()
    in_effect = of_document.newest_in_effect(on=on).filter(review_on__lt=on).first()
    changes = version.changes_since(before) if before else None
    return {
        "before": before,
        "changes": changes,
        "counts": changes.counts() if changes else {},
        "to_review": in_effect,
        "used_today": rendered(impacts(lambda impact: impact.today), request, version),
        "on": on,
    }


def publication(form: PublishForm) -> publishing.Publication:
    typed = form.cleaned_data
    approval = publishing.Approval(typed["approved_by"].strip(), typed["approved_on"], typed["approval_minute"].strip(), typed["review_on"])
    return publishing.Publication(typed["reason"].strip(), typed["effective_from"], typed["sign_by"], approval)


def look(request: HttpRequest, version: PolicyVersion, decided: publishing.Publication) -> dict[str, Any]:
    """What publishing would do. Raises Refused if it would be refused."""
    at, by = context_of(request).at, person_of(request)
    words = publishing.words_to_publish(version=version, school=version.school, by=by, at=at, decided=decided)
    signing_again = impacts(lambda impact: impact.signing_again)
    return {
        "seen": publishing.fingerprint(version, words),
        "decided": decided,
        "signing_again": rendered(signing_again, request, version, decided.sign_by) if decided.sign_by else [],
    }


def impacts(part: Callable[[PublishImpact], Panel]) -> list[Panel]:
    """What the rooms have registered about publishing, in their order."""
    return registry.in_order(lambda room: (part(room.publish_impact),) if room.publish_impact else ())


def publish(request: HttpRequest, version: PolicyVersion, decided: publishing.Publication) -> None:
    publishing.publish(
        version=version,
        by=person_of(request),
        at=context_of(request).at,
        reason=decided.reason,
        effective_from=decided.effective_from,
        sign_by=decided.sign_by,
        approval=decided.approval,
        # Whoever was shown nothing has seen nothing.
        seen=request.POST.get("seen", ""),
    )
