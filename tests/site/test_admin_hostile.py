"""What nobody types by accident: no page breaks on it, on either database."""

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.devices.models import Permission
from declarations.policies import publishing
from tests.cast import ask

HOSTILE = ["%00", "a%00b", "%ED%A0%80", "%F0%9F%92%A9", "9" * 40, "-1", "' OR 1=1 --", "%3Cscript%3Ealert(1)%3C/script%3E", "x" * 5000]
LISTS = ["permission", "policyversion", "person", "role", "stafflist", "device", "suspension", "declaration", "school", "holiday"]
FILTERS = ["status", "state", "role", "here", "school", "category__exact", "kind__exact", "document__exact", "published", "lifted"]
OTHERS = ["q", "p", "o", "school_year__exact", "pk__in", "id", "_changelist_filters", "_popup", "_to_field", "all", "e"]


@pytest.mark.postgresql  # the stricter one is enough: tests/whole/test_hostile.py asks SQLite for the same pages
@pytest.mark.parametrize(("name", "model"), [*(("hilda", model) for model in LISTS), ("tara", "permission"), ("tara", "person")])
def test_lists(cast, signed_in, name, model):
    client = signed_in(getattr(cast, name))
    for parameter in [*FILTERS, *OTHERS]:
        for value in HOSTILE[:6]:
            response = client.get(f"/admin/declarations/{model}/?{parameter}={value}")
            assert response.status_code in {200, 302, 400}, (parameter, value)
            assert b"<script>alert" not in response.content


@pytest.mark.postgresql
@pytest.mark.parametrize("model", LISTS)
def test_things(cast, signed_in, model):
    client = signed_in(cast.hilda)
    for value in [*HOSTILE, "1/x", "%2e%2e%2f", "_5F"]:
        for page in ("change", "history", "delete"):
            for method in (client.get, client.post):
                response = method(f"/admin/declarations/{model}/{value}/{page}/")
                assert response.status_code in {400, 403, 404}, (value, page)
        for page in ("roles/give", "roles/1/take", f"roles/{'9' * 40}/take", "preview", "publish"):
            assert client.get(f"/admin/declarations/{model}/{value}/{page}/").status_code in {301, 302, 400, 403, 404}, (value, page)
    too_large = reverse("admin:declarations_person_change", args=[cast.ben.pk]).replace("change/", f"roles/{'9' * 40}/take/")
    assert signed_in(cast.ines).post(too_large).status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin/?school=", "/admin/x", "/admin/login/?next=", "/admin/jsi18n/?x=", "/admin/declarations/person/add/?full_name="]
)
def test_other_addresses(cast, signed_in, path):
    for name in ("hilda", "tara"):
        client = signed_in(getattr(cast, name))
        for value in HOSTILE:
            assert client.get(path + value).status_code in {200, 301, 302, 400, 404}, value


@pytest.mark.parametrize("ticked", ["", "x", "\x00", "-1", "9" * 19, "9" * 40, "1 OR 1=1", "１"])
@pytest.mark.parametrize("action", ["approve_ticked", "revoke_ticked", "delete_selected", "nothing", "\x00", ""])
def test_ticks(cast, signed_in, ticked, action):
    sent = {"action": action, "_selected_action": [ticked], "index": "0", "select_across": "x"}
    assert signed_in(cast.hilda).post("/admin/declarations/permission/", sent).status_code in {200, 302, 400}
    assert Permission.objects.get().status == "requested"


@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "x" * 100_000, "=cmd|'/c calc'!A1", "<script>alert(1)</script>"])
def test_decisions(cast, signed_in, typed):
    permission = Permission.objects.get()
    page = reverse("admin:declarations_permission_change", args=[permission.pk])
    for verb, fields in (
        ("approve", {"until": typed}),
        ("approve", {"until": str(timezone.localdate()), "conditions": typed}),
        ("decline", {"decline-note": typed}),
        (typed, {}),
    ):
        response = signed_in(cast.hilda).post(page, {"decision": verb} | fields, follow=True)
        assert response.status_code in {200, 400}, verb
        assert b"<script>alert" not in response.content


@pytest.mark.parametrize("charset", ["utf-7", "UTF-16", "latin-1", "cp037"])
def test_forms_in_other_characters_than_utf8(cast, signed_in, client, charset):
    """UTF-7 spells half a character: no database takes it, and no page can show it again beside the sentence about it."""
    draft = publishing.draft(school=cast.hillside, document="aup", title="T", body="# T\n\n## S {#s}\n\nWords.\n")
    pages = {
        reverse("admin:declarations_policyversion_publish", args=[draft.pk]): ["kind", "reason", "approved_by", "approval_minute"],
        reverse("admin:declarations_policyversion_change", args=[draft.pk]): ["title", "source_body", "source_confirmations"],
        "/admin/declarations/person/add/": ["full_name", "job_title", "category"],
        "/devices/add/": ["make_and_model"],
        "/accounts/login/": ["login", "password"],
    }
    for who in (signed_in(cast.hilda), client):
        for url, names in pages.items():
            body = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\na+2AA-b\r\n' for name in names) + "--x--\r\n"
            kind = f"multipart/form-data; boundary=x; charset={charset}"
            assert who.generic("POST", url, body, content_type=kind).status_code == 400, url
            assert who.get(url, {"q": "a+2AA-b"}, headers={"Content-Type": f"text/plain; charset={charset}"}).status_code == 400
            assert who.generic("POST", url, body, content_type=kind.replace(charset, "UTF8")).status_code < 400


@pytest.mark.parametrize(
    ("add", "name"), [("person", "full_name"), ("person", "staff_number"), ("holiday", "name"), ("networktoken", "name")]
)
def test_what_nobody_types_is_said_wherever_something_is_added(cast, signed_in, add, name):
    response = signed_in(cast.ines).post(f"/admin/declarations/{add}/add/", {name: "a\u202eb"})
    form = response.context["form"] if "form" in response.context else response.context["adminform"].form
    assert "cannot be typed or seen" in form.errors[name][0]


def test_script_in_names_is_text(cast, signed_in):
    cast.ada.full_name = "<script>alert(1)</script>"
    cast.ada.save()
    ask(cast.ada, "3c:22:fb:00:00:02")
    client = signed_in(cast.hilda)
    for path in ("", "declarations/permission/", "declarations/person/", "declarations/device/"):
        page = client.get(f"/admin/{path}").content
        assert b"<script>alert" not in page
        assert b"&lt;script&gt;alert" in page
