"""Brings the database of the version before up to date, and says what it is then: `DATABASE_URL=… python -m tests.house.upgraded FOLDER`.

FOLDER holds the certificates that the version before gave out of this database. What is said is JSON, on one line.
"""

import io
import json
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

PAGES = {
    "ben@hillside.example": ["/", "/policy/", "/declarations/", "/devices/"],
    "hilda@hillside.example": [
        "/register/",
        "/admin/",
        *(f"/admin/declarations/{model}/" for model in ("declaration", "permission", "policyversion", "person", "response", "suspension")),
    ],
    "ines@hillside.example": [f"/admin/declarations/{model}/" for model in ("lastseen", "disconnect", "controller", "role")],
}


def main(folder: Path) -> None:
    setup_test_environment()
    call_command("migrate", verbosity=0)
    from django.contrib.admin.models import LogEntry
    from django.contrib.contenttypes.models import ContentType

    from declarations.organisation.models.person import Person
    from tests.cast import sign_in_client

    evidence = io.StringIO()
    call_command("check_evidence", stdout=evidence)
    visitor = Client()
    certificates = {}
    for path in sorted(folder.glob("*.pdf")):
        with path.open("rb") as file:
            certificates[path.name] = str(visitor.post("/verify/", {"certificate": file}).context["finding"].outcome)
    said = {
        "evidence": evidence.getvalue().splitlines(),
        "certificates": certificates,
        "keys": visitor.get("/.well-known/aup-evidence.txt").text,
        "noted": sorted(
            f"{note.content_type.model}: {type(note.get_edited_object()).__name__}"
            for note in LogEntry.objects.select_related("content_type")
        ),
        "unknown": sorted(kind.model for kind in ContentType.objects.filter(app_label="declarations") if kind.model_class() is None),
        "pages": {
            page: sign_in_client(Client(), Person.objects.get(email=email)).get(page).status_code
            for email, pages in PAGES.items()
            for page in pages
        },
    }
    print(json.dumps(said))  # noqa: T201  # what the test reads


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]))
