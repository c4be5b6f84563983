"""At the end: the product's own check, its export, and the offline verifier, which knows the product only by its files."""

import email
import email.policy
import io
import subprocess
import sys
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import connection

from declarations.evidence import keys
from declarations.evidence.models import Log
from torturing.parts import Scene
from torturing.product import ROOT

VERIFIER = ROOT / "tools" / "aup_verify.py"
LETTERS = 3


def whole_log(scene: Scene) -> None:
    """check_evidence, export_evidence, and aup_verify.py over the export and over certificates out of letters."""
    connection.close()
    figures, part = scene.figures, "the log"
    figures.note(part, "entries", Log.objects.get().entries.count())
    out = io.StringIO()
    try:
        call_command("check_evidence", stdout=out)
        differences: list[str] = []
    except CommandError:
        differences = out.getvalue().splitlines()
    figures.found(part, "differences that check_evidence names", differences)
    folder = scene.cluster.folder.parent
    key = folder / "keys.txt"
    key.write_text(keys.key_file())
    held = folder / "held"
    held.mkdir()
    letters = list(scene.mail.letters.values())
    files = []
    for number, letter in enumerate(letters[:: max(1, len(letters) // LETTERS)][:LETTERS]):
        message = email.message_from_bytes(letter, policy=email.policy.default)
        for attached in message.iter_attachments():
            name = attached.get_filename("")
            path = (held if name.startswith("checkpoint") else folder) / f"{number}-{name}"
            content = attached.get_content()
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            files += [path] if name.endswith(".pdf") else []
    export = folder / "export.zip"
    call_command("export_evidence", school="hillside", out=export, stdout=out)
    errors = [error for file in [*files, export] if (error := verified(file, key, held if file is export else None))]
    figures.found(part, f"refused offline, of the export and {len(files)} certificates from letters", errors)


def verified(file: Path, key: Path, held: Path | None) -> str:
    """What aup_verify.py says against the file; nothing if it is intact."""
    command = [sys.executable, "-I", str(VERIFIER), str(file), "--key", str(key), *(["--held", str(held)] if held else [])]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return f"{file.name}: {done.stdout}{done.stderr}" if done.returncode else ""
