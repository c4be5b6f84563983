"""System checks of the evidence key: it is there, nobody else can read it, and it is no demo's."""

from pathlib import Path

import pytest
from django.core import checks

from declarations.evidence import keys


def ids() -> set[str]:
    """Of what the deploy check says about the key."""
    found = {message.id for message in checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)}
    return found & {"declarations.E005", "declarations.E006", "declarations.E007"}


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (keys.make, set()),
        (lambda _path: None, {"declarations.E005"}),
        (lambda path: path.write_text("no key"), {"declarations.E005"}),
        (lambda path: (keys.make(path), path.chmod(0o644)), {"declarations.E006"}),
        (lambda path: keys.make(path, demo=True), {"declarations.E007"}),
    ],
)
def test_what_the_key_must_be(settings, tmp_path: Path, make, expected):
    path = tmp_path / "evidence.pem"
    make(path)
    settings.EVIDENCE_KEY_FILE = str(path)
    assert ids() == expected
