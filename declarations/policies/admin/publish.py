"""Publishing in two steps: a form, then everything that publishing would do, and only then the button."""

import datetime as dt
from typing import Any

from django.http import HttpRequest

from declarations.common.errors import RefusedError
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.forms import APPROVAL, PublishForm
from declarations.policies.models import PolicyVersion
from declarations.web import registry
from declarations.web.admin_base import context_of, person_of

# Beside which field a refusal stands; any other one stands above them all.
BESIDE = {"refused": "effective_from", "approved_by": "approved_by", "approved_on": "approved_on", "review_on": "review_on"}


def answer(request: HttpRequest, version: PolicyVersion) -> tuple[PublishForm | None, dict[str, Any]]:
    """The form to show and what stands beside it; no form if the draft is published now.

    The form comes first; what it asks is shown with everything that follows from it; the button on that page carries the
    fingerprint of what was shown, and publishes nothing else.
    """
    by, at, school = person_of(request), context_of(request).at, version.school
    on = school.day_of(at)
    if request.method != "POST":
        approval = {name: getattr(version, name) for name in APPROVAL}
        return PublishForm(initial={"effective_from": on, **approval}, on=on), beside_the_form(version, on)
    form = PublishForm(request.POST, on=on)
    if not form.is_valid() or "back" in request.POST:
        return form, beside_the_form(version, on)
    publication = publication_of(form)
    try:
        if "publish" in request.POST:
            # Whoever was shown nothing has seen nothing.
            seen = request.POST.get("seen", "")
            publishing.publish(version=version, by=by, at=at, seen=seen, **publication._asdict())
            return None, {}
        words = publishing.words_to_publish(version=version, school=school, by=by, at=at, decided=publication)
    except RefusedError as refused:
        form.add_error(BESIDE.get(refused.code), str(refused))
        return form, beside_the_form(version, on)
    impact = impact_of(school, on=on, sign_by=publication.sign_by)
    seen = publishing.fingerprint(version, words)
    return form, {**what_changes(version), "seen": seen, "decided": publication, "impact": impact}


def what_changes(version: PolicyVersion) -> dict[str, Any]:
    """The version before, which is the one that the draft takes the place of, and the changes against it."""
    of_document = PolicyVersion.objects.published().filter(school=version.school_id, document=version.document)
    before = of_document.select_related("school").order_by("-number").first()
    changes = version.changes_since(before) if before else None
    return {"before": before, "changes": changes, "counts": changes.counts() if changes else {}}


def beside_the_form(version: PolicyVersion, on: dt.date) -> dict[str, Any]:
    """What changes, the version in effect if its review is due, and whom the choice between the two kinds concerns."""
    of_document = PolicyVersion.objects.published().filter(school=version.school_id, document=version.document)
    to_review = of_document.newest_in_effect(on=on).filter(review_on__lt=on).first()
    impact = impact_of(version.school, on=on, sign_by=None)
    return {**what_changes(version), "to_review": to_review, "impact": impact, "on": on}


def impact_of(school: School, *, on: dt.date, sign_by: dt.date | None) -> list[dict[str, Any]]:
    """What every capability says that publishing would do to people: each a template with its variables."""
    parts = registry.every(lambda capability: capability.publish_impact)
    return [{"template": part.template, **(part.context(school=school, on=on, sign_by=sign_by) or {})} for part in parts]


def publication_of(form: PublishForm) -> publishing.Publication:
    typed = form.cleaned_data
    approval = publishing.Approval(typed["approved_by"].strip(), typed["approved_on"], typed["approval_minute"].strip(), typed["review_on"])
    return publishing.Publication(typed["reason"].strip(), typed["effective_from"], typed["sign_by"], approval)
