"""`manage.py network_config`: writes a school's files for FreeRADIUS, with this site's own addresses in them."""

import secrets
from argparse import ArgumentParser
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.http.request import validate_host
from django.urls import reverse
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.management.arguments import day, line_of_text, school_called
from declarations.network import allow_lists
from declarations.network.models import NetworkToken
from declarations.network.tokens import make_token
from declarations.organisation.models.school import School

SOURCES = Path(__file__).resolve().parent.parent / "freeradius"
NO_TOKEN = "put-the-token-here"  # noqa: S105  # it says what is missing, and FreeRADIUS refuses everybody with it
# RFC 5737 reserves this address for documents, so no controller has it.
NO_CONTROLLER = "192.0.2.10"
TLS = """
	tls {
		ca_file = "/etc/ssl/certs/ca-certificates.crt"
		check_cert = yes
		check_cert_cn = yes
	}
"""
NO_TLS = """
	tls {
	}
"""


class Command(BaseCommand):
    help = "Writes the files with which FreeRADIUS asks this server about a school's devices; docs/network.md says what to do with them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="SLUG")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="is made if it is not there")
        parser.add_argument("--mode", choices=["mac", "gate"], default="mac", help="mac: no password; gate: after an 802.1X sign-in")
        parser.add_argument("--url", default=settings.SITE_URL, help="where FreeRADIUS reaches this server, if not at SITE_URL")
        parser.add_argument("--listen", default="*", metavar="ADDRESS", help="where the site listens: all addresses, if not said")
        parser.add_argument("--port", type=int, default=1812, help="where the site listens (1812)")
        parser.add_argument("--controller", action="append", metavar="ADDRESS", help="of a controller; may be given again")
        parser.add_argument("--make-token", metavar="NAME", help="make a token of this name now, and write it into its file")
        parser.add_argument("--token-from", nargs="+", default=[], metavar="NETWORK", help="take it only from these addresses or networks")
        parser.add_argument("--token-until", type=day, metavar="DAY", help="its last day")
        parser.add_argument("--token-without-lists", action="store_true", help="take it for questions only; there is no fresh list then")
        parser.add_argument("--token-without-https", action="store_true", help="take it over plain HTTP too, from those networks")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        school = school_called(options["school"])
        if not 1 <= options["port"] <= 65535:
            raise CommandError("--port is a number from 1 to 65535.")
        base = site(options["url"])
        name = "wifi_" + school.slug.replace("-", "_")
        words = {
            "SCHOOL": school.name,
            "NAME": name,
            "LISTEN": "*" if options["listen"] == "*" else address(options["listen"]),
            "PORT": str(options["port"]),
            "BASE": base,
            "TLS": TLS if base.startswith("https://") else NO_TLS,
            "AUTHORIZE": base + reverse("network_authorize"),
            "LIST": base + reverse("network_allow_list", args=["freeradius"]),
        }
        out: Path = options["out"]
        try:
            self.write_all(out, words, mode=options["mode"])
            write(
                out / f"mods-config/{name}/authorized_macs", allow_lists.render(school=school, form="freeradius", at=timezone.now()), 0o640
            )
            self.write_clients(out, words, controllers=options["controller"])
            self.write_token(out, words, school=school, options=options)
        except OSError as error:
            raise CommandError(f"{error.filename or out} cannot be written: {error.strerror or error}") from error
        self.stdout.write(f"Written to {out}. What to do with them: docs/network.md.")

    def write_all(self, out: Path, words: dict[str, str], *, mode: str) -> None:
        name = words["NAME"]
        write(out / f"mods-available/{name}", filled("rest", words))
        write(out / f"policy.d/{name}", filled("policy", words))
        write(out / f"sites-available/{name}_{mode}", filled(f"site_{mode}", words))
        write(out / f"{name}_refresh", filled("refresh.sh", words), 0o755)

    def write_clients(self, out: Path, words: dict[str, str], *, controllers: list[str] | None) -> None:
        """Write the files that hold secrets. One that is there stays, because its secret has been typed in elsewhere, too."""
        name = words["NAME"]
        clients = out / f"{name}_clients.conf"
        if not clients.exists():
            # Hexadecimal: people type it into controllers, some of which take no more than 32 characters, and none that are odd.
            blocks = [
                filled("client", {"CLIENT": f"{name}_{number}", "ADDRESS": address(controller), "SECRET": secrets.token_hex(16)})
                for number, controller in enumerate(controllers or [NO_CONTROLLER], start=1)
            ]
            write(clients, filled("clients", {**words, "CLIENTS": "".join(blocks)}), 0o600)
        elif controllers:
            raise CommandError(f"{clients} is there already and holds secrets: add the controllers in it, or move it away.")

    def write_token(self, out: Path, words: dict[str, str], *, school: School, options: dict[str, Any]) -> None:
        token_file = out / f"{words['NAME']}_token.conf"
        if options["make_token"] is not None:
            try:
                _row, token = make_token(
                    school=school,
                    name=line_of_text("--make-token", options["make_token"]),
                    by=None,
                    at=timezone.now(),
                    only_for=NetworkToken.OnlyFor.QUESTIONS if options["token_without_lists"] else "",
                    networks=" ".join(options["token_from"]),
                    plain_http=options["token_without_https"],
                    expires_on=options["token_until"],
                )
            except RefusedError as why:
                raise CommandError(str(why)) from why
            write(token_file, filled("token", {**words, "TOKEN": token}), 0o600)
        elif not token_file.exists():
            write(token_file, filled("token", {**words, "TOKEN": NO_TOKEN}), 0o600)
            self.stdout.write(f"The token is still missing: make one in the admin, and put it into {token_file}.")


def site(url: str) -> str:
    """The address without a slash at its end. Raises CommandError unless it is one of a server, and nothing more, and of this one."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment or set(url) & set("\"'\\%${} \n\t"):
        raise CommandError("--url is the address of this server, such as https://declarations.school.example.")
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        raise CommandError(f"--url: this server answers to no “{parts.hostname}”. Add it to ALLOWED_HOSTS first.")
    return url.rstrip("/")


def address(text: str) -> str:
    """Return an IP address or network. Raises CommandError if it is neither."""
    try:
        return str(ip_network(text, strict=False)) if "/" in text else str(ip_network(text).network_address)
    except ValueError as wrong:
        raise CommandError(f"{text!r} is not an IP address.") from wrong


def filled(source: str, words: dict[str, str]) -> str:
    path = SOURCES / (source if "." in source else f"{source}.conf")
    text = path.read_text(encoding="utf-8")
    for word, value in words.items():
        # A name of a school is its own to choose: in a comment it must stay one.
        text = text.replace(f"@{word}@", value if word in {"TLS", "CLIENTS"} else " ".join(value.split()))
    return text


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Never readable by others, not even for the moment before chmod.
    path.touch(mode=mode)
    path.chmod(mode)
    path.write_text(text, encoding="utf-8")
