"""What is signed, published or decided is view only: whatever is sent, nothing changes."""

import pytest
from django.urls import reverse

from declarations.devices.actions import approval
from declarations.devices.models import Device, Permission
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration

pytestmark = pytest.mark.pages

FORBIDDEN = {403, 404, 405}


def row(model, pk):
    return model.objects.filter(pk=pk).values().get()


@pytest.mark.parametrize("name", ["hilda", "ines", "tara"])
def test_posting_to_what_is_signed_or_published_does_nothing(cast, signed_in, name):
    client = signed_in(getattr(cast, name))
    for model, pk in (
        (Declaration, Declaration.objects.get().pk),
        (PolicyVersion, cast.aup.pk),
        (Device, Device.objects.get().pk),
    ):
        before = row(model, pk)
        sent = dict.fromkeys(before, "changed") | {"_save": "Save"}
        url = reverse(f"admin:declarations_{model._meta.model_name}_change", args=[pk])
        assert client.post(url, sent).status_code == 403, model
        assert row(model, pk) == before
        delete = reverse(f"admin:declarations_{model._meta.model_name}_delete", args=[pk])
        assert client.get(delete).status_code == 403
        assert client.post(delete, {"post": "yes"}).status_code == 403
        assert row(model, pk) == before


@pytest.mark.parametrize("model", [Device, Permission, School])
def test_nothing_is_added_but_people_drafts_and_what_was_signed_on_paper(cast, signed_in, model):
    client = signed_in(cast.hilda)
    url = reverse(f"admin:declarations_{model._meta.model_name}_add")
    before = model.objects.count()
    assert client.get(url).status_code == 403
    assert client.post(url, {"_save": "Save"}).status_code == 403
    assert model.objects.count() == before


@pytest.mark.parametrize("model", [Declaration, Device, Permission, Person, School])
def test_nothing_is_deleted_but_drafts(cast, signed_in, model):
    for name in ("hilda", "ines", "tara"):
        client = signed_in(getattr(cast, name))
        pk = model.objects.filter(**{"school": cast.hillside} if model is not School else {"pk": cast.hillside.pk}).first().pk
        assert client.post(reverse(f"admin:declarations_{model._meta.model_name}_delete", args=[pk]), {"post": "yes"}).status_code == 403
        assert model.objects.filter(pk=pk).exists()
        listing = reverse(f"admin:declarations_{model._meta.model_name}_changelist")
        client.post(listing, {"action": "delete_selected", "_selected_action": [str(pk)], "post": "yes", "index": "0"})
        assert model.objects.filter(pk=pk).exists()


def test_a_decision_is_not_decided_again(cast, signed_in):
    permission = Permission.objects.get()
    approval.decline(permission=permission, by=cast.omar, note="Not now.", at=permission.asked_at)
    before = row(Permission, permission.pk)
    url = reverse("admin:declarations_permission_change", args=[permission.pk])
    for verb in ("approve", "decline", "revoke"):
        response = signed_in(cast.hilda).post(url, {"decision": verb, "until": "2030-01-01", f"{verb}-note": "Why"}, follow=True)
        assert response.status_code == 200
        assert row(Permission, permission.pk) == before
    assert signed_in(cast.hilda).post(url, {"decision": "delete"}).status_code == 400
    assert signed_in(cast.hilda).post(url, {"_save": "Save", "reason": "x"}).status_code == 400
    assert row(Permission, permission.pk) == before


def test_a_draft_can_be_discarded_and_what_is_published_cannot(cast, signed_in):
    draft = publishing.draft(school=cast.hillside, document="aup", title="Next", body="# Next\n\nWords.\n")
    client = signed_in(cast.hilda)
    url = reverse("admin:declarations_policyversion_delete", args=[draft.pk])
    assert client.get(url).status_code == 200
    assert PolicyVersion.objects.filter(pk=draft.pk).exists()
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()
