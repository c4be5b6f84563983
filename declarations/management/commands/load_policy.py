"""`manage.py load_policy`: makes a draft of a school's leaflet or AUP from the school's own Markdown file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext

from declarations.common.errors import RefusedError, UnreadableFileError
from declarations.management.arguments import line_of_text, school_called
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.policies.text import placeholders, sections
from declarations.policies.text.parse import unreadable

MOST_LETTERS_IN_TITLE = 160


class Command(BaseCommand):
    help = "Makes a draft of a school's leaflet or Acceptable Use Policy (AUP) from a Markdown file. Publishing it is done in the admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="Markdown in UTF-8; headings become sections")
        parser.add_argument("--school", required=True, help="the school's slug, such as hillside")
        parser.add_argument("--document", required=True, choices=PolicyVersion.Document.values)
        parser.add_argument("--title", help="instead of the file's first heading, or, if it has none, its name")
        parser.add_argument("--replace", action="store_true", help="discard the draft that there is")

    def handle(  # one argument for each option
        self,
        *args: Any,  # noqa: ARG002  # Django's signature
        file: str,
        school: str,
        document: str,
        title: str | None,
        replace: bool,
        **options: Any,  # noqa: ARG002  # Django's signature
    ) -> None:
        at_school = school_called(school)
        body = text_of(Path(file))
        try:
            # The school's own words make the text longer, so a text that could not be published is refused now.
            placeholders.checked(placeholders.substitute(body, at_school.words()))
            version = publishing.draft(
                school=at_school, document=document, title=chosen_title(title, body, Path(file)), body=body, replace=replace
            )
        except RefusedError as refused:
            raise CommandError(f"{refused} (--replace discards it.)") from refused
        except UnreadableFileError as error:
            raise CommandError(f"With the school's words filled in: {gettext(error.message) % error.params}") from error
        self.report(version)

    def report(self, version: PolicyVersion) -> None:
        of = f"{version.school.name}: {version.get_document_display()}"
        self.stdout.write(f"{of}, version {version.number}, “{version.title}”, is a draft now. Its sections:")
        for section in version.sections():
            self.stdout.write(f"  {section.key}: {section.title}")
        used = placeholders.placeholders(version.source_body)
        if known := sorted(used & placeholders.PLACEHOLDERS):
            self.stdout.write(f"The school's words will stand for: {braced(known)}.")
        if empty := sorted(name for name in known if not version.school.words()[name].strip()):
            self.stdout.write(self.style.WARNING(f"The school has no words for {braced(empty)} yet: fill them in before publishing."))
        if unknown := sorted(used - placeholders.PLACEHOLDERS):
            self.stdout.write(self.style.WARNING(f"Nothing will stand for {braced(unknown)}: people will read the braces."))
            self.stdout.write(f"What there is: {braced(sorted(placeholders.PLACEHOLDERS))}.")
        self.stdout.write("Next: somebody of the leadership reads it through and publishes it, in the admin.")


def text_of(path: Path) -> str:
    """Read the text of a file. Raises CommandError, with one sentence, if it cannot be read."""
    try:
        if not path.exists():
            raise CommandError(f"There is no file {shown(path)}.")
        if not path.is_file():
            raise CommandError(f"{shown(path)} is not a file.")
        size = path.stat().st_size
        if size > placeholders.MAX_BYTES:
            raise unreadable("too_big", size=size, limit=placeholders.MAX_BYTES)
        return placeholders.read_text(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{shown(path)} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # a NUL in the path itself; and UnreadableFileError
        sentence = gettext(error.message) % error.params if isinstance(error, UnreadableFileError) else "that is not the name of a file."
        raise CommandError(f"{shown(path)}: {sentence}") from error


def chosen_title(named: str | None, body: str, path: Path) -> str:
    """Return the title as one line: the one that was given, else the document's own, else the file's name."""
    if named is not None:
        title = line_of_text("--title", named)
    else:
        title = sections.title_of(body) or " ".join(shown(path.stem).replace("_", " ").replace("-", " ").split())
    if len(title) > MOST_LETTERS_IN_TITLE:
        raise CommandError(f"The title has {len(title)} letters, and at most {MOST_LETTERS_IN_TITLE} are possible. Give it as --title.")
    return title


def shown(path: Path | str) -> str:
    """Return a path that can be printed and stored: question marks stand for bytes that are no text."""
    return str(path).encode(errors="replace").decode()


def braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
