"""manage.py worker [--once]"""

import logging
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, close_old_connections, connection
from django.utils import timezone

from declarations.evidence import log
from declarations.jobs import scheduler
from declarations.mail import outbox
from declarations.network import coa

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Sends letters, asks controllers to disconnect, and runs the daily jobs (checkpoints, reminders, cleaning), until it "
        "is stopped. Several may run; none does what another took."
    )

    # A check asks PostgreSQL for its version, but PostgreSQL may still be starting, for instance after a power cut.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", type=int, metavar="PID", help="stop when this process, which started this one, is gone")
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        stopped, parent = threading.Event(), options["with_parent"]
        if options["once"]:
            try:
                self.stdout.write(f"{self.work(stopped)} letter(s) sent.")
            except log.MissingKeyError as error:
                raise CommandError(str(error)) from error
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        logger.info("worker started")
        while not stopped.is_set() and (parent is None or os.getppid() == parent):
            close_old_connections()
            try:
                sent = self.work(stopped)
            except (Error, log.MissingKeyError) as error:
                # The database may be restarting, or somebody may be putting the key back: we try again at the next turn.
                logger.warning("worker: %s: %s", type(error).__name__, error)
                connection.close()
                sent = 0
            if not sent:
                stopped.wait(PAUSE_SECONDS)
        logger.info("worker stopped")

    def work(self, stopped: threading.Event) -> int:
        scheduler.run_due(at=timezone.now())
        asked = coa.send_due_disconnects(at=timezone.now())
        scheduler.sign_of_life("disconnects", at=timezone.now(), number=asked)
        sent = 0
        for email in outbox.due(at=timezone.now()):
            if stopped.is_set():
                break
            # We read the clock for each, because with a slow mail server the last goes minutes after the first.
            sent += outbox.send(email, at=timezone.now())
        scheduler.sign_of_life("letters", at=timezone.now(), number=sent)
        return sent
