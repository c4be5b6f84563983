"""`manage.py purge_network`: deletes what is too old of who was seen on a school's network."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from declarations.network import last_seen


class Command(BaseCommand):
    help = (
        "Deletes last answers, requests to disconnect and claims to addresses that are older than each school keeps them. For every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        self.stdout.write(f"Deleted: {last_seen.purge(at=timezone.now())}")
