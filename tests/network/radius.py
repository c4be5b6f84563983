"""A FreeRADIUS of its own for a test: Debian's programs, a raddb in a temporary folder, loopback, whoever runs it.

What `network_config` wrote is taken as it is; this adds what every Debian server has around it (modules, a user, EAP).
"""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NEEDED = {"freeradius": "freeradius freeradius-rest", "radclient": "freeradius-utils", "eapol_test": "eapoltest"}
USER, PASSWORD = "ben", "right-password"

RADIUSD = """
prefix = /usr
name = freeradius
confdir = {folder}
modconfdir = {folder}/mods-config
logdir = {folder}
run_dir = {folder}
db_dir = {folder}
libdir = {libraries}
max_request_time = 10
cleanup_delay = 0
max_requests = 4096
log {{
	destination = stdout
	auth = no
}}
security {{
	reject_delay = 0
	status_server = no
}}
thread pool {{
	start_servers = 4
	max_servers = 16
	min_spare_servers = 2
	max_spare_servers = 8
	max_requests_per_server = 0
}}
modules {{
	$INCLUDE mods-enabled/
}}
policy {{
	$INCLUDE policy.d/
}}
$INCLUDE sites-enabled/
"""
MODULES = {
    "always": "\n".join(f"always {code} {{\n\trcode = {code}\n}}" for code in ("reject", "ok", "fail", "noop", "notfound", "invalid"))
    + "\n",
    "expr": "expr {\n}\n",
    "pap": "pap {\n}\n",
    "mschap": "mschap {\n}\n",
    "files": "files {\n\tfilename = ${modconfdir}/files/authorize\n}\n",
    "eap": """
eap {
	default_eap_type = peap
	max_sessions = 4096
	tls-config tls-common {
		private_key_file = ${confdir}/eap.key
		certificate_file = ${confdir}/eap.pem
		tls_min_version = "1.2"
		tls_max_version = "1.2"
		ecdh_curve = "prime256v1"
	}
	peap {
		tls = tls-common
		default_eap_type = mschapv2
		virtual_server = "inner"
	}
	ttls {
		tls = tls-common
		default_eap_type = mschapv2
		virtual_server = "inner"
	}
	mschapv2 {
	}
}
""",
}
INNER = """
server inner {
	authorize {
		eap {
			ok = return
		}
		files
		mschap
		pap
	}
	authenticate {
		Auth-Type PAP {
			pap
		}
		mschap
		eap
	}
}
"""


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise AssertionError(f"{name} is missing: sudo apt-get update && sudo apt-get install {NEEDED[name]}")
    return found


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """`code` is the packet's name, such as Access-Accept; "" for none. Attributes that come twice are joined with a line feed."""

    code: str
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def is_accept(self) -> bool:
        return self.code == "Access-Accept"


class Radius:
    """A running server; `ask` is what a controller does."""

    def __init__(self, folder: Path, port: int, secret: str) -> None:
        self.folder, self.port, self.secret = folder, port, secret

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def ask(self, address: str = "3C-22-FB-00-00-01", *, user: str = "", password: str = "", **more: str) -> Answer:
        pairs = {"User-Name": user or address, "User-Password": password or address, "Calling-Station-Id": address, **more}
        pairs = {"Message-Authenticator": "0x00", **{name: value for name, value in pairs.items() if value}}
        lines = "".join(f"{name} = {value if name == 'Message-Authenticator' else quoted(value)}\n" for name, value in pairs.items())
        command = [program("radclient"), "-x", "-r", "2", "-t", "9", f"127.0.0.1:{self.port}", "auth", self.secret]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
        answer = answer_in(done.stdout)
        assert answer.code, f"No answer to {pairs}: {done.stdout} {done.stderr}\n{self.log()[-6000:]}"
        return answer


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def answer_in(text: str) -> Answer:
    _before, _received, after = text.partition("Received ")
    if not after:
        return Answer("")
    attributes: dict[str, str] = {}
    for name, value in re.findall(r"^\t([\w-]+)(?::0)? = (.*)$", after, re.MULTILINE):
        attributes[name] = "\n".join([*([attributes[name]] if name in attributes else []), value.strip('"')])
    return Answer(after.split(" ", 1)[0], attributes)


def certificate(folder: Path) -> None:
    make = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=radius.hillside.example"]
    command: list[str | Path] = ["openssl", *make, "-keyout", folder / "eap.key", "-out", folder / "eap.pem"]
    subprocess.run(command, check=True, capture_output=True)


def surround(folder: Path) -> str:
    """Adds to what `network_config` wrote what every server has besides; the secret of the one client."""
    written = [path.name for path in (folder / "mods-available").iterdir()]
    for part, texts in (("mods-enabled", MODULES), ("sites-enabled", {"inner": INNER})):
        (folder / part).mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / part / name).write_text(text)
    for part in ("mods", "sites"):
        for path in (folder / f"{part}-available").iterdir():
            link = folder / f"{part}-enabled" / path.name
            if not link.exists():
                link.symlink_to(path)
    (folder / "mods-config/files").mkdir(parents=True, exist_ok=True)
    (folder / "mods-config/files/authorize").write_text(f'{USER} Cleartext-Password := "{PASSWORD}"\n')
    (folder / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n")
    libraries = next(path for path in (Path("/usr/lib/freeradius"), Path("/usr/lib64/freeradius")) if path.is_dir())
    (folder / "radiusd.conf").write_text(RADIUSD.format(folder=folder, libraries=libraries))
    if not (folder / "eap.pem").exists():
        certificate(folder)
    secret = re.search(r'secret = "(.+)"', (folder / f"{written[0]}_clients.conf").read_text())
    assert secret is not None
    return secret[1]


@contextmanager
def running(folder: Path, *, port: int) -> Iterator[Radius]:
    """Starts FreeRADIUS with the folder that `network_config` filled, and ends it."""
    secret = surround(folder)
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([program("freeradius"), "-fxx", "-l", "stdout", "-d", str(folder)], stdout=log, stderr=log)
    radius = Radius(folder, port, secret)
    try:
        give_up = time.monotonic() + 30
        while "Ready to process requests" not in radius.log():
            assert server.poll() is None, radius.log()[-3000:]
            assert time.monotonic() < give_up, radius.log()[-3000:]
            time.sleep(0.05)
        yield radius
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
