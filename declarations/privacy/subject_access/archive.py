"""The archive: the same facts for a machine and for a reader, and the files that go beside them."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.legal_holds import check_keeper
from declarations.privacy.subject_access.collect import Answer, Section, collect
from declarations.privacy.subject_access.free_text import FreeText
from declarations.privacy.subject_access.pdf import subject_access_pdf

README = """All that {name} is on record with here, as of {at}.

about.pdf    to read
about.json   the same, for a machine
paper/       scans of what was signed on paper
log/         records of the evidence log in which nobody else is given by name or number, byte for byte (SHA-256 of a zero byte and
             the file: its leaf hash); free texts in them stand in the list below too

READ BEFORE YOU HAND IT OVER
Where a record refers to another person, that person is named by what they are at the school. Free texts are here word for word: this
system takes no name out of them. They may name or describe others, and so may a scan. Somebody reads every one of them first, blacks
out what is about others, and looks whether an exemption applies (a legal hold's reason, say). In about.pdf each is marked "free text";
in about.json each is {{"free_text": "..."}}. Each line: the section, the number of the record in it, the field.

{free_texts}

Not in here, because it is not in this system: backups, the mail server's copies, what the Wi-Fi controllers note themselves.
"""


class Encoder(DjangoJSONEncoder):
    """Marks free texts."""

    def default(self, o: Any) -> Any:
        return {"free_text": o.text} if isinstance(o, FreeText) else super().default(o)


def answer(*, person: Person, by: Person | None, at: dt.datetime) -> bytes:
    """The archive (ZIP) of all that is kept about a person; the log says that it was made. Raises RefusedError: `not_yours`.

    `by=None` is the server's command line.
    """
    if by is not None:
        check_keeper(school=person.school, by=by, at=at)
    with transaction.atomic():
        content = archive(collect(person=person, at=at))
        facts: dict[str, Any] = {"person": log.who(person), "sha256": hashlib.sha256(content).hexdigest()}
        for school in [person.school] if person.school else School.objects.order_by("pk"):
            log.append(school=school, kind="person.data_given", at=at, by=by, facts=facts)
    return content


def archive(answer: Answer) -> bytes:
    file = io.BytesIO()
    zone, free_texts = zone_of(answer), answer.free_texts()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        when = date_format(answer.at.astimezone(zone), "j F Y, H:i")
        listed = "\n".join(f"- {place}" for place in free_texts) or "(none)"
        archive.writestr("README.txt", README.format(name=answer.person.full_name, at=when, free_texts=listed))
        archive.writestr("about.json", as_json(answer))
        sections = [
            {"title": section.title, "rows": [for_paper(row, section, zone) for row in section.rows]} for section in answer.sections
        ]
        archive.writestr("about.pdf", subject_access_pdf(person=answer.person, sections=sections, free_texts=free_texts, at=answer.at))
        for name, content in sorted(answer.files.items()):
            archive.writestr(name, content)
    return file.getvalue()


def as_json(answer: Answer) -> str:
    whole = {
        "made_at": answer.at,
        "person": answer.person.full_name,
        "free_texts": answer.free_texts(),
        "sections": [{"title": section.title, "rows": section.rows} for section in answer.sections],
        "files": sorted(answer.files),
    }
    return json.dumps(whole, cls=Encoder, ensure_ascii=False, indent=2)


def zone_of(answer: Answer) -> dt.tzinfo:
    school = answer.person.school
    return school.zone if school else dt.UTC


def for_paper(row: dict[str, Any], section: Section, zone: dt.tzinfo) -> list[tuple[str, str, bool]]:
    """The fields that are not empty: label, text, and whether it is a free text."""
    filled = {key: value for key, value in row.items() if value not in (None, "", [])}
    return [(section.label(key), as_text(value, zone), isinstance(value, FreeText)) for key, value in filled.items()]


def as_text(value: Any, zone: dt.tzinfo) -> str:
    match value:
        case FreeText():
            return value.text
        case bool():
            return _("yes") if value else _("no")
        case dt.datetime():
            return date_format(value.astimezone(zone), "j F Y, H:i:s T")
        case dt.date():
            return date_format(value, "j F Y")
        case dict() | list():
            return json.dumps(value, cls=Encoder, ensure_ascii=False)
    return str(value)
