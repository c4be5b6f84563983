"""`manage.py allow_list`: writes the list of devices that may connect now, for networks without RADIUS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from declarations.management.arguments import school_called
from declarations.network import allow_lists


class Command(BaseCommand):
    help = "Prints the Wi-Fi addresses of a school's devices that may connect now; no names. docs/network.md says where such a list goes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=sorted(allow_lists.FORMS))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        school = school_called(options["school"])
        self.stdout.write(allow_lists.render(school=school, form=options["format"], at=timezone.now()), ending="")
