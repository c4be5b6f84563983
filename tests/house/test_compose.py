"""The Compose file and the image: what they promise, and that their commands run."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from schoolpolicy.server import LARGEST_BODY

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_services_are_the_product_its_database_a_proxy_and_a_mail_catcher():
    assert set(SERVICES) == {"web", "network", "proxy", "worker", "migrate", "db", "mail"}


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_and_nothing_is_writable_that_need_not_be(name: str):
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_what_keeps_running_says_how_it_is(name: str):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_what_keeps_running_has_a_limit_of_memory(name: str):
    """Whatever fills one fills no other, and Docker starts it again."""
    assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])


def test_what_is_waited_for_can_become_ready():
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert condition in {"service_healthy", "service_completed_successfully"}, f"{name} waits for {other}"
            assert "healthcheck" in SERVICES[other] or condition == "service_completed_successfully"
    assert SERVICES["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_secrets_come_from_files_that_are_declared_and_not_committed():
    for service in SERVICES.values():
        for name in service.get("secrets", []):
            assert COMPOSE["secrets"][name]["file"] == f"./secrets/{name}"
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE"):
                assert Path(value).parent == Path("/run/secrets")
                assert Path(value).name in service["secrets"]
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_ports_are_open_on_this_machine_only():
    assert all(port.startswith("127.0.0.1:") for service in SERVICES.values() for port in service.get("ports", []))
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "mail"}, "people come through the proxy"
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_proxy_refuses_what_the_server_would_and_tells_the_network_from_people():
    caddyfile = COMPOSE["configs"]["caddyfile"]["content"]
    assert SERVICES["proxy"]["configs"][0]["source"] == "caddyfile"
    assert f"max_size {LARGEST_BODY // 1_000_000}MB" in caddyfile
    for service in re.findall(r"reverse_proxy (\w+):8000", caddyfile):
        assert SERVICES[service]["command"][SERVICES[service]["command"].index("--port") + 1] == "8000"
    assert re.findall(r"handle (\S+) {\n[^}]*reverse_proxy network:8000", caddyfile) == ["/network/*"]


def test_volumes_and_networks_are_declared():
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


def test_every_variable_is_one_that_the_example_explains():
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for name in ("web", "migrate"):
        assert {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]} <= explained


def test_the_image_runs_as_nobody_installs_by_hash_and_starts_like_compose():
    users = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert users == [tuple(SERVICES["web"]["user"].split(":"))]
    assert "--require-hashes" in DOCKERFILE
    command = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert yaml.safe_load(command[-1]) == SERVICES["web"]["command"]
    assert (
        yaml.safe_load(re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[0])
        == SERVICES["web"]["healthcheck"]["test"][1:]
    )


def test_everything_that_the_image_needs_is_let_in():
    let_in = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages | {"manage.py", "requirements.txt", "templates", "static", "content", "tools/healthcheck.py"} <= let_in


@pytest.fixture
def outside(tmp_path: Path) -> dict[str, str]:
    """The environment of a service on a machine without containers: the database is a file."""
    (tmp_path / "key").write_text("a-key-for-this-test-only-" * 3 + "\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "SECRET_KEY_FILE": str(tmp_path / "key"),
        "ALLOWED_HOSTS": "declarations.school.example",
        "SITE_URL": "https://declarations.school.example",
        "PORT": port,
    }


def test_the_commands_run(outside: dict[str, str], tmp_path: Path):
    """Collect, migrate, serve, ask how it is; then without its database it says that it is unwell."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which(command[0], path=outside["PATH"])
        assert program, f"{command[0]} is not installed"
        return subprocess.run([program, *command[1:]], cwd=ROOT, env=outside, capture_output=True, text=True, check=False)

    for command in (["python", "manage.py", "collectstatic", "--no-input"], SERVICES["migrate"]["command"]):
        done = run(*command)
        assert done.returncode == 0, done.stderr

    serve = [word if word != "8000" else outside["PORT"] for word in SERVICES["web"]["command"]]
    healthcheck = SERVICES["web"]["healthcheck"]["test"][1:]
    program = shutil.which(serve[0], path=outside["PATH"])
    assert program
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen([program, *serve[1:]], cwd=ROOT, env=outside, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while (well := run(*healthcheck)).returncode and time.monotonic() < deadline and server.poll() is None:
            time.sleep(0.2)
        assert well.returncode == 0, well.stderr + log.read_text()
        for path in tmp_path.glob("db.sqlite3*"):
            path.unlink()
        (tmp_path / "db.sqlite3").mkdir()  # a folder cannot be opened as a database
        unwell = run(*healthcheck)
        assert unwell.returncode == 1
        assert "503" in unwell.stderr
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert run(*healthcheck).returncode == 1, "nobody answers any more"
