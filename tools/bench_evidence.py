#!/usr/bin/env python3
"""A log of 20,000 entries: how long the check, the export and the offline verifier take, and whether appending slows down.

`make bench` runs it on a PostgreSQL of its own. SECONDS (default 8) is how long appending is measured; ENTRIES is how many.
"""

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from declarations.organisation.models.school import School

TOOLS = Path(__file__).resolve().parent
sys.path.append(str(TOOLS.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench_server.settings")
ENTRIES = int(os.environ.get("ENTRIES") or 20_000)
SECONDS = float(os.environ.get("SECONDS") or 8)
SHORT = 100
AIM_SECONDS, AIM_RATIO = 5.0, 1.5


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="schoolpolicy-bench-") as name:
        folder = Path(name)
        os.environ["EVIDENCE_KEY_FILE"] = str(folder / "evidence.key")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("evidence_key", "create", stdout=io.StringIO())
        long, short = filled("hillside", ENTRIES), filled("riverside", SHORT)
        print(f"\nAn evidence log of {ENTRIES} entries, half of them declarations, each with its checkpoint")
        took = {
            "check_evidence": check(),
            "export_evidence": export(long, folder / "export.zip"),
            "aup_verify.py over the export": verify(folder),
        }
        for what, (seconds, busy) in took.items():
            late = "" if seconds <= AIM_SECONDS else f"   over {AIM_SECONDS:g} s"
            print(f"  {what:<50}{seconds:6.2f} s, of which the processor{busy:6.2f} s{late}")
        few, many = appends(short, long)
        print(f"  append, with {SHORT} entries there{few * 1000:26.2f} ms")
        late = "" if many / few <= AIM_RATIO else f"   over {AIM_RATIO}"
        print(f"  append, with {ENTRIES} entries there{many * 1000:24.2f} ms: {many / few:.2f} ×{late}")
        return int(bool(late) or max(took.values())[0] > AIM_SECONDS)


def filled(slug: str, size: int) -> "School":
    """A school whose log has so many entries, all of them true: written in bulk, as the actions would one by one."""
    from bench_server.evidence import Filling

    return Filling(slug, size).school


type Took = tuple[float, float]  # seconds by the clock, and of this process and its children on the processor


@contextmanager
def stopwatch(took: list[Took]) -> Iterator[None]:
    start, busy = time.perf_counter(), sum(os.times()[:4])
    yield
    took.append((time.perf_counter() - start, sum(os.times()[:4]) - busy))


def check() -> Took:
    from django.core.management import call_command

    took: list[Took] = []
    with stopwatch(took):
        call_command("check_evidence", school="hillside", stdout=io.StringIO())
    return took[0]


def export(school: "School", path: Path) -> Took:
    from django.core.management import call_command

    took: list[Took] = []
    with stopwatch(took):
        call_command("export_evidence", school=school.slug, out=path, stdout=io.StringIO())
    return took[0]


def verify(folder: Path) -> Took:
    """The offline verifier over the export, with a checkpoint that was held outside."""
    from declarations.evidence import keys
    from declarations.evidence.models import Checkpoint

    (folder / "keys.txt").write_text(keys.key_file())
    (folder / "held.txt").write_text(Checkpoint.objects.filter(log__school__slug="hillside").order_by("size")[ENTRIES // 4].note)
    took: list[Took] = []
    command = [sys.executable, "-I", str(TOOLS / "aup_verify.py"), str(folder / "export.zip")]
    command += ["--key", str(folder / "keys.txt"), "--held", str(folder / "held.txt")]
    with stopwatch(took):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The export does not verify:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return took[0]


def appends(short: "School", long: "School") -> tuple[float, float]:
    """The median seconds of an append with its commit, in turns, so that a busy moment hits both."""
    from django.db import transaction
    from django.utils import timezone

    from declarations.evidence import log

    took: dict[str, list[Took]] = {short.slug: [], long.slug: []}
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for school in (short, long):
            at = timezone.now()  # noqa: TID251  # a script is a door
            with stopwatch(took[school.slug]), transaction.atomic():
                log.append(school=school, kind="tablet.opened", at=at, by=None, facts={"words": "as long as a decision " * 10})
    few, many = (statistics.median(seconds for seconds, _busy in took[school.slug]) for school in (short, long))
    return few, many


if __name__ == "__main__":
    raise SystemExit(main())
