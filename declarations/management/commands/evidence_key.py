"""manage.py evidence_key create|show|rotate"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils import timezone

from declarations.evidence import keys, log


class Command(BaseCommand):
    help = "Makes, shows or changes the key that signs the evidence log's checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["create", "show", "rotate"])

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        path = Path(settings.EVIDENCE_KEY_FILE)
        try:
            getattr(self, options["what"])(path)
        except log.MissingKeyError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error

    def create(self, path: Path) -> None:
        if (signed := self.signed_logs()) and not path.exists():
            raise CommandError(
                f"The database holds logs that another key signs ({', '.join(signed)}): a new one would sign what nobody believes. "
                f"Put that key back from the backup, as {path} (docs/backup-and-restore.md)."
            )
        try:
            keys.make(path)
        except FileExistsError as there:
            raise CommandError(f"{path} is there already. To change the key: manage.py evidence_key rotate") from there
        self.stdout.write(f"The new evidence key is in {path}. Keep a copy off this server: without it no checkpoint can be signed.")

    def signed_logs(self) -> list[str]:
        """The names of the logs in the database; none where there is no database yet, as before the first start."""
        if connection.connection is None and connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
            return []  # Asking would make it.
        try:
            return [log_here.origin for log_here in keys.logs_here()]
        except OperationalError:
            return []  # The next start asks, and refuses.

    def show(self, path: Path) -> None:
        log.read_key(path)
        self.stdout.write(keys.key_file(), ending="")

    def rotate(self, path: Path) -> None:
        count = keys.rotate(path, at=timezone.now())
        self.stdout.write(f"The new evidence key is in {path}; both keys signed the change in {count} log(s).")
        self.stdout.write("Send the new public keys to whoever keeps a copy: manage.py evidence_key show")
