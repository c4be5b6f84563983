"""A new SECRET_KEY, by the commands of docs/backup-and-restore.md as they stand there; and what is refused without one."""

import getpass
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FILL = f"""
from allauth.mfa.models import Authenticator
from allauth.mfa.adapter import get_adapter
from declarations.organisation.models.person import Person
hilda = Person.objects.create(email="hilda@hillside.example", full_name="Hilda Example")
Authenticator.objects.create(user=hilda, type="totp", data={{"secret": get_adapter().encrypt("{SECRET}")}})
"""
READ = "from allauth.mfa.models import Authenticator; from allauth.mfa.adapter import get_adapter; "
READ += "print(get_adapter().decrypt(Authenticator.objects.get().data['secret']))"


@pytest.fixture
def machine(tmp_path: Path, migrated) -> dict[str, str]:
    """The environment of root's shell on a machine as docs/install.md leaves it; what systemctl is told goes to a file."""
    etc, programs = tmp_path / "etc", tmp_path / "bin"
    etc.mkdir()
    programs.mkdir()
    (etc / "environment").write_text(
        f"# the service's\nDATABASE_URL=sqlite:///{migrated(tmp_path / 'db.sqlite3')}\nDATA_DIR={tmp_path}\n"
        "ALLOWED_HOSTS=declarations.school.example\nDEFAULT_FROM_EMAIL=Hillside School's office <office@hillside.example>\n"
    )
    (etc / "secret_key").write_text("the-first-key-" * 4 + "\n")
    (programs / "schoolpolicy-manage").symlink_to(ROOT / "tools/schoolpolicy-manage")
    (programs / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/told\n')
    (programs / "systemctl").chmod(0o755)
    return {
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SCHOOLPOLICY_ETC": str(etc),
        "SCHOOLPOLICY_USER": getpass.getuser(),
    }


def shell(command: str, machine: dict[str, str]) -> str:
    command = command.replace("/etc/schoolpolicy", machine["SCHOOLPOLICY_ETC"])
    done = subprocess.run(["/bin/sh", "-e", "-c", command], cwd="/", env=machine, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_second_factors_outlive_a_new_key(machine: dict[str, str], tmp_path: Path):
    section = (ROOT / "docs/backup-and-restore.md").read_text().split("**`SECRET_KEY`**")[1].split("**The database's password**")[0]
    change, after_a_day = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    shell(f"schoolpolicy-manage shell -v0 -c '{FILL.replace(chr(39), chr(34))}'", machine)
    assert "1 second factors" in shell(change, machine)
    shell(after_a_day, machine)
    assert "FALLBACKS" not in (tmp_path / "etc/environment").read_text()
    assert shell(f'schoolpolicy-manage shell -v0 -c "{READ}"', machine).strip() == SECRET
    assert (tmp_path / "told").read_text().splitlines() == ["restart schoolpolicy schoolpolicy-network schoolpolicy-worker"] * 2


@pytest.mark.parametrize("command", ["rekey_factors", "migrate", "worker", "shell"])
def test_a_made_up_key_is_refused(command: str, tmp_path: Path):
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert f"SECRET_KEY is not set, so `{command}`" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was written"


def test_the_wrapper_reads_what_systemd_reads():
    variables = runpy.run_path(str(ROOT / "tools/schoolpolicy-manage"))["variables"]
    lines = {
        "# no": {}, "; no": {}, "": {}, "nonsense": {}, "A=plain": {"A": "plain"}, "A=two words": {"A": "two words"},
        "A='it is \"so\"'": {"A": 'it is "so"'}, 'A="a \\"quoted\\" word"': {"A": 'a "quoted" word'}, "A=it's": {"A": "it's"},
        "A=one\\\ntwo": {"A": "onetwo"}, "A=a=b": {"A": "a=b"}, " A = spaced ": {"A": "spaced"}, "A=": {"A": ""}, "A='": {"A": "'"},
    }  # fmt: skip
    assert {line: variables(line) for line in lines} == lines
    assert variables("A=1\n# no\nB=2\nA=3\n") == {"A": "3", "B": "2"}


def test_the_wrapper_says_what_is_missing(tmp_path: Path):
    environment = {"PATH": os.environ["PATH"], "SCHOOLPOLICY_ETC": str(tmp_path)}
    done = subprocess.run([ROOT / "tools/schoolpolicy-manage", "check"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{tmp_path}/environment" in done.stderr
    assert "Traceback" not in done.stderr
