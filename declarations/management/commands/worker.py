"""manage.py worker [--once]"""

import logging
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from declarations import custody, evidence, posting

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    help = "Sends letters and makes the day's checkpoints, until it is stopped. Several may run; none sends what another took."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one is gone")
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        if options["once"]:
            self.stdout.write(f"{self.work()} letter(s) sent.")
            return
        stopped, parent = threading.Event(), os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        logger.info("worker started")
        while not stopped.is_set() and not (options["with_parent"] and os.getppid() != parent):
            close_old_connections()
            try:
                sent = self.work()
            except (DatabaseError, evidence.NoKey) as trouble:
                # The database restarts, or the key is being put back: the next turn tries again.
                logger.warning("worker: %s: %s", type(trouble).__name__, trouble)
                connection.close()
                sent = 0
            if not sent:
                stopped.wait(PAUSE_SECONDS)
        logger.info("worker stopped")

    def work(self) -> int:
        custody.keep(at=timezone.now())
        return posting.send_due(at=timezone.now())
