"""Publishing with open eyes: a form, then what it would do, clause by clause and person by person, and only then the button."""

from typing import Any

from django.http import HttpRequest

from declarations.common.errors import RefusedError
from declarations.devices import publish_impact
from declarations.policies import publishing
from declarations.policies.forms import APPROVAL, PublishForm
from declarations.policies.models import PolicyVersion
from declarations.web.admin_base import context_of, person_of

# Beside which field a refusal stands; any other one stands above them all.
BESIDE = {"refused": "effective_from", "approved_by": "approved_by", "approved_on": "approved_on", "review_on": "review_on"}


def answer(request: HttpRequest, version: PolicyVersion) -> tuple[PublishForm | None, dict[str, Any]]:
    """The form to show and what stands beside it; no form if the draft is published now.

    The form comes first; what it asks is shown with everything that follows from it; the button on that page carries the
    fingerprint of what was shown, and publishes nothing else.
    """
    on = version.school.day_of(context_of(request).at)
    beside = beside_the_form(version, on)
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


def beside_the_form(version: PolicyVersion, on: Any) -> dict[str, Any]:
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
        "connected": len({device.owner_id for device in publish_impact.connected_now(school=version.school, on=on)}),
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
    on = version.school.day_of(at)
    return {
        "seen": publishing.fingerprint(version, words),
        "decided": decided,
        "cost": publish_impact.of_signing_again(school=version.school, on=on, sign_by=decided.sign_by) if decided.sign_by else None,
    }


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
