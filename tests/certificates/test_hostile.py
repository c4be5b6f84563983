"""Hostile words are only words, and nothing is ever fetched."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from declarations.certificates.pdf import render
from tests.certificates.signed import declaration, pdf_of, read, version, words

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what it was asked for."""
    requests: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_POST = do_GET  # noqa: N815  # the server calls them so

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()


HOSTILE = [
    '<img src="{url}/img.png">',
    "<link rel=stylesheet href={url}/a.css>",
    "<style>@import '{url}/b.css'; body {{ background: url({url}/c) }}</style>",
    '<object data="file:///etc/passwd">',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<iframe src="{url}/frame">',
    "<script>alert(1)</script>",
    '<svg><image href="{url}/svg.png"/><use href="file:///etc/passwd#x"/></svg>',
    '<base href="{url}/">',
    "=cmd|' /C calc'!A0",
    "{{{{ 7*7 }}}}",
    '"><img src={url}/q.png>',
    "\u202eelpmaxE neB",
    "اسم عربي",
    "😀👩‍🏫",
    "-->",
    "]]>",
    "&lt;img src=x&gt;",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_only_words(hostile: str, asked: tuple[str, list[str]]) -> None:
    url, requests = asked
    bad = hostile.format(url=url)
    signed = declaration(
        person_name=bad,
        person_title=bad,
        person_email=bad,
        school_name=bad,
        typed_name=bad,
        statement=bad,
        confirmations=[{"key": "k", "text": bad}],
        aup=version("aup", 1, bad),
        leaflet=version("leaflet", 1, bad),
        signed_in_with=bad,
    )
    pdf = pdf_of(signed)
    reader = read(pdf)
    assert requests == []
    assert sorted(reader.attachments) == ["checkpoint.txt", "proof.txt", "record.json"]
    assert b"root:" not in b"".join(one for some in reader.attachments.values() for one in some)
    assert b"root:" not in pdf
    assert not any("/Annots" in page for page in reader.pages)
    if bad.isascii():
        assert bad.replace(" ", "")[:20] in words(pdf).replace(" ", "")


def test_a_page_that_asks_for_things_gets_none(asked: tuple[str, list[str]]) -> None:
    """Even if words came through as markup one day: the fetcher opens nothing."""
    url, requests = asked
    page = f"""<html><head><title>x</title><link rel=stylesheet href="{url}/a.css"><link rel=attachment href="file:///etc/passwd">
    <style>@import "{url}/b.css"; @font-face {{ font-family: x; src: url({url}/f.ttf) }}
    p {{ background: url({url}/c.png); font-family: x }}</style>
    </head><body><p>words</p><img src="{url}/d.png"><img src="file:///etc/hostname"><object data="{url}/e"></object>
    <svg width=9 height=9><image href="{url}/g.png" width=9 height=9 /></svg><a rel=attachment href="file:///etc/passwd">a</a></body></html>"""
    reader = read(render(page))
    assert requests == []
    assert not reader.attachments
    assert "words" in reader.pages[0].extract_text()
