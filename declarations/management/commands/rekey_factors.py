"""`manage.py rekey_factors`: encrypts second factors with the new SECRET_KEY, before the former one is thrown away."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from declarations.sign_in.sealing import SECOND_FACTORS, keys

SECRETS = {Authenticator.Type.TOTP.value: "secret", Authenticator.Type.RECOVERY_CODES.value: "seed"}


class Command(BaseCommand):
    help = "Encrypts the secrets of authenticator apps and recovery codes with the newest SECRET_KEY; the former one must still be named."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        if settings.SECRET_KEY_IS_MADE_UP:
            raise CommandError("SECRET_KEY is not set: every second factor would be lost with the key of this command. Nothing is changed.")
        with transaction.atomic():
            rows = list(Authenticator.objects.select_for_update().filter(type__in=SECRETS))
            for row in rows:
                name = SECRETS[row.type]
                try:
                    row.data[name] = keys(SECOND_FACTORS).rotate(row.data[name].encode("ascii")).decode("ascii")
                except InvalidToken as unknown:
                    raise CommandError(
                        "A secret is of a key that is not named: add it to SECRET_KEY_FALLBACKS. Nothing is changed."
                    ) from unknown
                row.save(update_fields=["data"])
        self.stdout.write(f"{len(rows)} second factors are encrypted with the newest key.")
