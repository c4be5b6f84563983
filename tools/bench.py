#!/usr/bin/env python3
"""Certificates, signatures and the network's questions a second, each as a ratio to the least that is possible, in the same run.

`make bench` runs it on a PostgreSQL of its own. The numbers are this machine's, and what else it does counts; the ratios
are what to compare. SECONDS (default 8) is how long each measurement takes.
"""

import datetime as dt
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from declarations.evidence.receipts import Receipt
    from declarations.signing.models.declaration import Declaration

TOOLS = Path(__file__).resolve().parent
# Also for the processes that are started here: the server, and one for each core.
os.environ["PYTHONPATH"] = os.pathsep.join([str(TOOLS), str(TOOLS.parent)])
os.environ["DJANGO_SETTINGS_MODULE"] = "bench_server.settings"
sys.path.append(str(TOOLS.parent))
SECONDS = float(os.environ.get("SECONDS") or 8)


def main() -> None:
    import django

    django.setup()
    from bench_server.network import measure_network
    from bench_server.signing import measure_signing

    print(f"{os.cpu_count()} cores; each measurement takes about {SECONDS:g} s.\n")
    measure_certificates()
    measure_signing(seconds=SECONDS)
    measure_network(seconds=SECONDS)


def measure_certificates() -> None:
    """One process, in turns with WeasyPrint as it comes; then all cores."""
    import weasyprint
    from django.template.loader import render_to_string

    from declarations.certificates.certificate import certificate_html, certificate_pdf
    from declarations.certificates.fonts import only_ours

    declaration, receipt = an_unsaved_declaration(), a_receipt()
    css = render_to_string("certificates/pdf/pdf.css")

    def plain(**options: str) -> Callable[[], object]:
        def draw() -> object:
            html = certificate_html(declaration=declaration, receipt=receipt).replace("</head>", f"<style>{css}</style></head>")
            with only_ours():  # the same fonts, or the two would not draw the same page
                return weasyprint.HTML(string=html).write_pdf(**options)

        return draw

    took = in_turns(
        {
            "ours": lambda: certificate_pdf(declaration=declaration, receipt=receipt),
            "plain": plain(),
            "plain, PDF/A-3a": plain(pdf_variant="pdf/a-3a"),
            "page": lambda: certificate_html(declaration=declaration, receipt=receipt),
        }
    )
    ours = took["ours"]
    print("Certificates, one process (medians; ours is PDF/A-3a, tagged, and fetches nothing)")
    print(f"  ours{1 / ours:48.1f} a second{ours * 1000:8.1f} ms")
    print(f"    of which the page itself, HTML and QR{took['page'] * 1000:34.1f} ms")
    for name in ("plain", "plain, PDF/A-3a"):
        rate = f"{1 / took[name]:7.1f} a second{took[name] * 1000:8.1f} ms"
        print(f"  HTML(string=…).write_pdf(), {name:<17}{rate}: ours is {took[name] / ours:.2f} ×")
    workers = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(certificates_in, [0.5] * workers, chunksize=1)  # imports and fonts are loaded once in a worker's life
        all_cores = sum(pool.map(certificates_in, [SECONDS] * workers, chunksize=1))
    print(f"Certificates, all {workers} cores")
    print(f"  ours{all_cores:48.1f} a second: {all_cores * took['plain']:.2f} × plain in one process\n")


def in_turns(work: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median seconds of each, measured turn by turn, so that a busy moment hits all of them."""
    for one in work.values():
        one()
    took: dict[str, list[float]] = {name: [] for name in work}
    end = time.perf_counter() + 2 * SECONDS
    while time.perf_counter() < end:
        for name, one in work.items():
            start = time.perf_counter()
            one()
            took[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in took.items()}


def certificates_in(seconds: float) -> float:
    """Certificates a second of this process."""
    import django

    django.setup()
    from declarations.certificates.certificate import certificate_pdf

    declaration, receipt = an_unsaved_declaration(), a_receipt()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        certificate_pdf(declaration=declaration, receipt=receipt)
        count += 1
    return count / (time.perf_counter() - start)


def a_receipt() -> "Receipt":
    """A record and a proof of ordinary size, as a log of a thousand entries makes them."""
    from declarations.evidence.receipts import Receipt

    note = "hillside.example/log\n1000\n" + "r" * 43 + "=\n\n\u2014 hillside.example/log " + "s" * 90 + "==\n"
    return Receipt(
        record=b"{" + b'"kind":"declaration.signed",' * 50 + b'"v":1}',
        recorded_at="2026-11-24T10:30:15.123456Z",
        proof="c2sp.org/tlog-proof@v1\nindex 7\n" + ("h" * 43 + "=\n") * 10 + "\n" + note,
        checkpoint=note,
        position=7,
        size=1000,
        root=bytes(range(32)),
        key_id="0a1b2c3d",
        origin="hillside.example/log",
    )


def an_unsaved_declaration() -> "Declaration":
    """A declaration of ordinary length, with the starter's statement and confirmations."""
    from declarations.policies.models import PolicyVersion
    from declarations.policies.text import defaults, placeholders
    from declarations.signing.models.declaration import Declaration

    words = {"school": "Hillside School", "DSL": "designated safeguarding lead (DSL)", "DSL_contact": "Dora Example, dsl@hillside.example"}
    return Declaration(
        reference="7Q2M-K0TX-9D4V-HW6B",
        school_name="Hillside School",
        person_name="Ben Example",
        person_email="ben@hillside.example",
        person_title="teacher of mathematics",
        aup=PolicyVersion(document="aup", number=3, title="Acceptable Use Policy", sha256=placeholders.sha256_of("aup")),
        leaflet=PolicyVersion(document="leaflet", number=2, title="Phones and social media", sha256=placeholders.sha256_of("leaflet")),
        statement=placeholders.substitute_plain(defaults.DEFAULT_STATEMENT, words),
        confirmations=[
            {"key": confirmation["key"], "text": placeholders.substitute_plain(confirmation["text"], words)}
            for confirmation in defaults.DEFAULT_CONFIRMATIONS
        ],
        typed_name="Ben Example",
        signed_at=dt.datetime(2026, 11, 24, 10, 30, 15, tzinfo=dt.UTC),
        signed_on=dt.date(2026, 11, 24),
        time_zone="Europe/London",
        school_year=2026,
        lapses_on=dt.date(2027, 10, 1),
        signed_in_with="password",
        signed_in_at=dt.datetime(2026, 11, 24, 10, 21, 3, tzinfo=dt.UTC),
    )


if __name__ == "__main__":
    main()
