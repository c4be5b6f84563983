"""One picture is in memory at a time, whoever sends it; who waits too long gets a sentence."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from declarations.common import images
from declarations.schools.forms.school import logo_from
from declarations.signing.forms.scan import scan_from
from tests.cast import Cast
from tests.signing.papers import picture


def test_scans_and_logos_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch):
    """However many come at once, of however many kinds; each is read in the end."""
    reading, most, opened = 0, 0, Image.open
    counting = threading.Lock()

    def slowly(*args: Any, **kwargs: Any) -> Any:
        nonlocal reading, most
        with counting:
            reading += 1
            most = max(most, reading)
        time.sleep(0.02)
        try:
            return opened(*args, **kwargs)
        finally:
            with counting:
                reading -= 1

    monkeypatch.setattr(Image, "open", slowly)
    data = picture("PNG", "RGB")
    with ThreadPoolExecutor(8) as crowd:
        results = list(crowd.map(lambda number: (scan_from if number % 2 else logo_from)(data), range(8)))
    assert len(results) == 8
    assert most == 1


@pytest.mark.parametrize("read", [scan_from, logo_from])
def test_who_waits_too_long_gets_a_sentence_and_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch, read: Any):
    monkeypatch.setattr(images, "SECONDS_TO_WAIT", 0.05)
    with images.READING, pytest.raises(ValidationError, match="again in a minute"):
        read(picture("PNG", "RGB"))
    # What cannot be read lets go, too.
    with pytest.raises(ValidationError):
        read(b"no picture")
    assert read(picture("PNG", "RGB"))


def test_the_page_says_so_beside_the_file(cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "SECONDS_TO_WAIT", 0.05)
    client, file = signed_in(cast.ines), SimpleUploadedFile("paper.png", picture("PNG", "RGB"))
    with images.READING:
        page = client.post("/admin/declarations/declaration/add/", {"person": cast.ada.pk, "scan": file})
    assert page.status_code == 200
    assert "Send yours again in a minute" in page.text
