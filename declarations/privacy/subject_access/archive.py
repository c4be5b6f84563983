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
from declarations.privacy.subject_access.collect import TITLES, Gathered, Section, gather
from declarations.privacy.subject_access.pdf import subject_access_pdf

README = """All that {name} is on record with here, as of {at}.

about.pdf    to read
about.json   the same, for a machine
paper/       scans of what was signed on paper
log/         records of the evidence log in which nobody else stands, byte for byte (SHA-256 of a zero byte and the file: its leaf hash)

Other people are named by what they are at the school. In free texts their names, e-mail and Wi-Fi addresses are taken out where
this system knows them: a nickname, a surname alone or a description it does not know, and a scan is a picture. So somebody reads
everything once before it is handed over, and looks whether an exemption applies (a legal hold's reason, say).

Not in here, because it is not in this system: backups, the mail server's copies, what the Wi-Fi controllers note themselves.
"""


def answer(*, person: Person, by: Person | None, at: dt.datetime) -> bytes:
    """The archive (ZIP) of all that is kept about a person; that it was made stands in the log. Raises Refused: `not_yours`.

    `by=None` is the server's command line.
    """
    if by is not None:
        check_keeper(school=person.school, by=by, at=at)
    with transaction.atomic():
        made = archive(gather(person=person, at=at))
        facts: dict[str, Any] = {"person": log.who(person), "sha256": hashlib.sha256(made).hexdigest()}
        for school in [person.school] if person.school else School.objects.order_by("pk"):
            log.append(school=school, kind="person.data_given", at=at, by=by, facts=facts)
    return made


def archive(gathered: Gathered) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        when = date_format(gathered.at.astimezone(zone_of(gathered)), "j F Y, H:i")
        made.writestr("README.txt", README.format(name=gathered.person.full_name, at=when))
        made.writestr("about.json", as_json(gathered))
        made.writestr(
            "about.pdf", subject_access_pdf(person=gathered.person, sections=for_paper(gathered, zone_of(gathered)), at=gathered.at)
        )
        for name, content in sorted(gathered.files.items()):
            made.writestr(name, content)
    return file.getvalue()


def as_json(gathered: Gathered) -> str:
    sections = [{"title": section.title, "rows": section.rows} for section in gathered.sections]
    whole = {"made_at": gathered.at, "person": gathered.person.full_name, "sections": sections, "files": sorted(gathered.files)}
    return json.dumps(whole, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def zone_of(gathered: Gathered) -> dt.tzinfo:
    school = gathered.person.school
    return school.zone if school else dt.UTC


def for_paper(gathered: Gathered, zone: dt.tzinfo) -> list[dict[str, Any]]:
    """Sections with words instead of fields: `{"title": …, "rows": [[(label, value), …], …]}`; what is empty is left out."""
    return [{"title": section.title, "rows": [in_words(row, section, zone) for row in section.rows]} for section in gathered.sections]


def in_words(row: dict[str, Any], section: Section, zone: dt.tzinfo) -> list[tuple[str, str]]:
    filled = {key: value for key, value in row.items() if value not in (None, "", [])}
    return [(str(section.labels.get(key, TITLES.get(key, key))), words(value, zone)) for key, value in filled.items()]


def words(value: Any, zone: dt.tzinfo) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case dt.datetime():
            return date_format(value.astimezone(zone), "j F Y, H:i:s T")
        case dt.date():
            return date_format(value, "j F Y")
        case dict() | list():
            return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return str(value)
