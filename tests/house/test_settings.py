"""Settings from the environment: what is wrong in it stops the start, with the name of the variable in the sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOW = "import schoolpolicy.settings as s; print(({}))"


def start(show: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that reads the settings, and prints what is asked for."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    usual = {"DATABASE_URL": "sqlite:///:memory:"}
    command = [sys.executable, "-W", "error", "-c", SHOW.format(show)]
    return subprocess.run(command, cwd=ROOT, env=clean | usual | environment, capture_output=True, text=True, check=False)


def value(show: str, **environment: str) -> str:
    started = start(show, **environment)
    assert started.returncode == 0, started.stderr
    return started.stdout.strip()


def refusal(**environment: str) -> str:
    started = start("s.DEBUG", **environment)
    assert started.returncode != 0, started.stdout
    last = started.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: "), started.stderr
    return last.partition(": ")[2]


# Each of these starts a Python, so several variables are tried where one process can show them.
@pytest.mark.parametrize("wrong", ["maybe", "2", "on ", "True!"])
def test_a_flag_is_one_or_nought(wrong):
    assert refusal(DEMO=wrong) == f"DEMO is {wrong.lower()!r}; it takes 1 or 0."


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("EMAIL_PORT", "smtp"), ("TRUSTED_PROXIES", "-1"), ("EMAIL_PORT", "2.5"), ("TRUSTED_PROXIES", "\u0661"), ("EMAIL_PORT", "1e3")],
)
def test_a_number_is_a_whole_number(name, wrong):
    assert refusal(**{name: wrong}) == f"{name} is {wrong!r}; it takes a whole number."


def test_flags_and_numbers_as_people_write_them():
    show = "s.DEBUG, s.DEMO, s.MAILERS['default']['BACKEND'][-17:], s.ALLAUTH_TRUSTED_PROXY_COUNT"
    shown = value(show, DEBUG="Yes", DEMO="TRUE", TRUSTED_PROXIES="2")
    assert shown == "(True, True, 'ased.EmailBackend', 2)"
    assert value("s.DEBUG, s.DEMO, s.MAILERS['default']['OPTIONS']['port']", DEBUG="", DEMO="no") == "(False, False, 25)"


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("  from the file\n")
    assert value("s.SECRET_KEY", SECRET_KEY_FILE=str(secret), SECRET_KEY="from the environment") == "from the file"


@pytest.mark.parametrize("kind", ["missing", "folder", "not text"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path, kind):
    path = tmp_path / "secret"
    if kind == "folder":
        path.mkdir()
    if kind == "not text":
        path.write_bytes(b"\xff\xfe\x00")
    assert refusal(SECRET_KEY_FILE=str(path)).startswith(f"SECRET_KEY_FILE points to {path}, which cannot be read")


@pytest.mark.parametrize("url", ["mysql://localhost/x", "schoolpolicy.sqlite3", "/var/db", "postgresql", "oracle:///x"])
def test_a_database_that_is_not_supported_stops_the_start(url):
    assert refusal(DATABASE_URL=url) == "DATABASE_URL must begin with sqlite:/// or postgresql://"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////srv/x.sqlite3", ["/srv/x.sqlite3"]),
        ("sqlite:///x.sqlite3", ["x.sqlite3"]),
        ("postgresql://ann@db.example:5433/school", ["school", "ann", "", "db.example", "5433"]),
        ("postgres://ann:p%40ss%2Fword@db.example/school", ["school", "ann", "p@ss/word", "db.example", ""]),
        ("postgresql://ann@/school?host=/run/postgresql&port=5434", ["school", "ann", "", "/run/postgresql", "5434"]),
    ],
)
def test_the_address_of_the_database(url, shown):
    parts = "[s.DATABASES['default'][k] for k in ('NAME', 'USER', 'PASSWORD', 'HOST', 'PORT') if k in s.DATABASES['default']]"
    assert value(parts, DATABASE_URL=url) == str(shown)


def test_a_password_of_its_own_goes_before_the_one_in_the_address(tmp_path: Path):
    secret = tmp_path / "password"
    secret.write_text("from the file\n")
    url = "postgresql://ann:old@db.example/school"
    assert value("s.DATABASES['default']['PASSWORD']", DATABASE_URL=url, DATABASE_PASSWORD_FILE=str(secret)) == "from the file"


def test_https_turns_on_what_it_protects():
    shown = "s.HTTPS, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.CSRF_TRUSTED_ORIGINS"
    assert value(shown, SITE_URL="https://x.example/") == "(True, True, True, True, ['https://x.example'])"
    assert value(shown, SITE_URL="http://x.example") == "(False, False, False, False, [])"


def test_over_https_the_cookies_are_of_this_host_alone():
    shown = "s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE"
    assert value(shown, SITE_URL="https://x.example") == "('__Host-sessionid', True, '__Host-csrftoken', True)"
    assert value(shown, SITE_URL="http://x.example") == "('sessionid', False, 'csrftoken', False)"


def test_without_a_key_each_start_has_its_own():
    assert value("s.SECRET_KEY").startswith("insecure-")
    assert value("s.SECRET_KEY") != value("s.SECRET_KEY")


def test_nobody_is_believed_about_https_or_addresses_unless_told():
    assert value("s.SECURE_PROXY_SSL_HEADER, s.ALLAUTH_TRUSTED_PROXY_COUNT") == "(None, 0)"
    assert value("s.SECURE_PROXY_SSL_HEADER", BEHIND_TLS_PROXY="1") == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_where_the_data_is_and_that_the_folder_is_made(tmp_path: Path):
    data = tmp_path / "new" / "data"
    assert value("s.DATABASES['default']['NAME']", DATABASE_URL="", DATA_DIR=str(data)) == str(data / "schoolpolicy.sqlite3")
    assert data.is_dir()
