"""The school's settings."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from declarations.schools.forms.school import SchoolForm

pytestmark = pytest.mark.pages

NOBODY = {"headteacher", "fallback_decider", "listener"}


def typed(school, **changes):
    values = {name: getattr(school, name) for name in SchoolForm.Meta.fields if name not in NOBODY | {"slug"}}
    return values | dict.fromkeys(NOBODY, "") | changes


def page(school):
    return reverse("admin:declarations_school_change", args=[school.pk])


def image(form="PNG", size=(900, 300)):
    data = io.BytesIO()
    Image.new("RGB", size, "navy").save(data, form)
    return data.getvalue()


def bomb():
    """A small file that claims to unpack to 60,000 by 60,000 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["hilda", "ines", "tara"])
def test_changing_the_settings(cast, signed_in, name):
    client = signed_in(getattr(cast, name))
    response = client.post(page(cast.hillside), typed(cast.hillside, label_dsl="safeguarding lead", listener=cast.hilda.pk, slug="other"))
    assert response.status_code == 302, response.context["adminform"].form.errors
    cast.hillside.refresh_from_db()
    assert (cast.hillside.label_dsl, cast.hillside.listener, cast.hillside.slug) == ("safeguarding lead", cast.hilda, "hillside")


def test_the_list_of_one_school_is_its_settings(cast, signed_in):
    assert signed_in(cast.hilda).get("/admin/declarations/school/").url == page(cast.hillside)
    assert signed_in(cast.tara).get("/admin/declarations/school/").status_code == 200


def test_only_people_of_the_school_are_offered(cast, signed_in):
    response = signed_in(cast.tara).post(page(cast.hillside), typed(cast.hillside, headteacher=cast.rosa.pk))
    assert response.status_code == 200
    assert "headteacher" in response.context["adminform"].form.errors
    assert "Rosa Example" not in response.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"time_zone": "Mars/Base"},
        {"time_zone": "../etc/passwd"},
        {"opens_day": "31", "opens_month": "2"},
        {"due_day": "99999999999"},
        {"due_day": "0"},
        {"opens_month": "11", "due_month": "10"},
        {"deciders": "me"},
        {"it_contact": "a\x00b"},
        {"headteacher": "x"},
        {"headteacher": "9" * 30},
    ],
)
def test_what_cannot_be_is_answered_and_nothing_is_saved(cast, signed_in, changes):
    response = signed_in(cast.hilda).post(page(cast.hillside), typed(cast.hillside, label_slt="bosses", **changes))
    assert response.status_code == 200
    assert 'class="errorlist' in response.content.decode()
    assert "bosses" in response.content.decode()
    cast.hillside.refresh_from_db()
    assert cast.hillside.label_slt != "bosses"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_logo_is_drawn_anew_small(cast, signed_in, form):
    sent = SimpleUploadedFile("logo", image(form) + b"<script>")
    client = signed_in(cast.hilda)
    assert client.post(page(cast.hillside), typed(cast.hillside, new_logo=sent)).status_code == 302
    cast.hillside.refresh_from_db()
    data = bytes(cast.hillside.logo)
    assert b"<script>" not in data
    with Image.open(io.BytesIO(data)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (512, 171))
    assert "data:image/png;base64," in client.get(page(cast.hillside)).content.decode()
    client.post(page(cast.hillside), typed(cast.hillside, remove_logo="on"))
    cast.hillside.refresh_from_db()
    assert bytes(cast.hillside.logo) == b""


@pytest.mark.parametrize("data", [b"<svg/>", b"GIF89a", image()[:60], image("BMP"), image("TIFF"), bomb(), b"\x89PNG" + b"0" * 600_000])
def test_what_is_no_small_picture_gets_a_sentence(cast, signed_in, data):
    sent = SimpleUploadedFile("logo.png", data)
    response = signed_in(cast.hilda).post(page(cast.hillside), typed(cast.hillside, new_logo=sent))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["new_logo"]
    cast.hillside.refresh_from_db()
    assert bytes(cast.hillside.logo) == b""


def test_who_answers_is_of_the_leadership(cast, signed_in):
    """Only they read what people say."""
    refused = signed_in(cast.hilda).post(page(cast.hillside), typed(cast.hillside, listener=cast.ada.pk))
    assert "Name somebody with the role Leadership" in refused.content.decode()
    assert signed_in(cast.hilda).post(page(cast.hillside), typed(cast.hillside, listener=cast.omar.pk)).status_code == 302
    cast.hillside.refresh_from_db()
    assert cast.hillside.listener == cast.omar
