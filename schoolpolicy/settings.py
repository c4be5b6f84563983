"""Settings, fed by the environment; `.env.example` explains each name. Secrets may come from files: `<NAME>_FILE`."""

import logging
import os
import secrets
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The variable, or the contents of the file that `<name>_FILE` points to, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE points to {path}, which cannot be read: {error}") from error
    return os.environ.get(name, default)


def env_flag(name: str) -> bool:
    value = env(name).lower()
    if value not in {"", "0", "1", "false", "true", "no", "yes"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes 1 or 0.")
    return value in {"1", "true", "yes"}


def env_number(name: str, default: int) -> int:
    value = env(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a whole number.")
    return int(value)


def database(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///file` or `postgresql://user:password@host:port/name` (or `…/name?host=/socket/folder`)."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path.removeprefix("/") or ":memory:",
            "OPTIONS": {
                # Take the write lock at BEGIN: a transaction that reads first and writes later would otherwise fail at once.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # WAL: readers never wait. FULL: what was acknowledged survives a power cut.
                # recursive_triggers: REPLACE would slip past a DELETE trigger without it.
                # secure_delete: what is deleted is written over with zeros, and not only taken out of the tables.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": env("DATABASE_PASSWORD") or unquote(parts.password or ""),
            "HOST": unquote(query.get("host", "")) or parts.hostname or "",
            "PORT": query.get("port", "") or str(parts.port or ""),
            "CONN_MAX_AGE": env_number("DATABASE_CONN_MAX_AGE", 60),
            # A restarted database costs one reconnect, not one failed request for each worker.
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgresql://")


DEBUG = env_flag("DEBUG")
# A demo shows a banner, writes its mail to files, and makes its own secret.
DEMO = env_flag("DEMO")
DATA_DIR = Path(env("DATA_DIR") or BASE_DIR / "var").resolve()
# Without a key every start signs its own sessions; the system check refuses that in production.
SECRET_KEY_IS_MADE_UP = not env("SECRET_KEY")  # most commands refuse to work with it (manage.py)
SECRET_KEY = env("SECRET_KEY") or ("insecure-" + secrets.token_urlsafe(50))
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS").split()
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]").split()
# The address that people type: it is printed on certificates and in e-mails.
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

INSTALLED_APPS = [
    "declarations",
    "schoolpolicy.app_configs.LeadershipAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",  # the same static files in development as in production
    "schoolpolicy.app_configs.ChosenStaticFilesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
]
MIDDLEWARE = [
    "declarations.web.middleware.health",  # before anything that asks the database
    "declarations.web.middleware.machines",  # what the network asks is answered without the rest
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "declarations.web.middleware.cookies",  # a session key without a NUL
    "declarations.web.middleware.characters",  # nothing but UTF-8, before anything reads a form
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "declarations.web.middleware.request_context",  # reads the clock, the school and the roles once for each request
]
ROOT_URLCONF = "schoolpolicy.urls"
WSGI_APPLICATION = "schoolpolicy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "declarations.web.context_processors.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASE_URL = env("DATABASE_URL")
if not DATABASE_URL:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASE_URL = f"sqlite:///{DATA_DIR / 'schoolpolicy.sqlite3'}"
DATABASES = {"default": database(DATABASE_URL)}
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail is unique, in any case: person_email_is_unique_in_any_case
# Shared by all workers, so that a rate limit is one limit; the table comes with the migrations.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# Sign-in -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "declarations.Person"
AUTHENTICATION_BACKENDS = ["declarations.sign_in.allauth_adapters.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["full_name", "email"]}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "declarations.sign_in.allauth_adapters.ClosedAdapter"  # no sign-up: people are added by the school
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the school gave the address; a code by e-mail proves it each time
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # the same work for an address that nobody has; the adapter sends nothing there
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 180  # a code is typed at once; a minute or two is for the e-mail to come
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a password or a second factor that changed: its owner is told
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # shared computers: the session ends with the browser
ACCOUNT_USER_DISPLAY = str
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # a whole staff room signs in from one address on INSET day
    "login_failed": "30/m/ip,5/5m/key",  # the key is the address together with the place
    # Ours: the address alone. More than the 60 an hour that one place has, so that no place alone locks anybody out.
    "login_failed_anywhere": "100/h/key",
    "request_login_code": "60/m/ip,3/m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "proof_code": "3/m/user",  # ours: a code by e-mail, to prove again who one is
    "tablet_code": "30/5m/key",  # ours: one-time codes typed on one tablet
    "identity": "60/m/ip",  # ours: on to Microsoft 365 or Google, and back
    "change_password": "5/m/user",
    "reset_password_from_key": "20/m/ip",
    "signup": "20/m/ip",
    "seen": "10/m/user",  # ours: the last four characters of an address that the network has just seen
    "invitation": "30/m/ip",  # ours: the link of an invitation
    "verify": "30/m/ip",  # ours: the public page that looks up a reference
}
# A second factor: an authenticator app, a passkey, and recovery codes for the day on which both are lost.
MFA_ADAPTER = "declarations.sign_in.allauth_adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True  # a passkey is something that one has and, by finger or PIN, something that one is or knows
MFA_TOTP_TOLERANCE = 1  # half a minute either way: clocks of phones
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# Leadership, auditors and administrators have no role until they have shown a second factor; a demo does without.
SECOND_FACTOR_REQUIRED = env_flag("REQUIRE_SECOND_FACTOR") if env("REQUIRE_SECOND_FACTOR") else not DEMO
# Whoever's address or second factor was changed signs and decides nothing for so long, unless it is confirmed: time for the person
# to read the e-mail at the address that they had before, and too long for somebody who took it to wait in an unlocked office.
NEW_IDENTITY_WAITS = timedelta(hours=env_number("NEW_IDENTITY_WAITS_HOURS", 24))
# Where Microsoft 365 and Google vouch for people; `{tenant}` is the school's own. Which schools, and who: in the admin (docs/sign-in.md).
IDENTITY_ISSUERS = {
    "microsoft": "https://login.microsoftonline.com/{tenant}/v2.0",
    "google": "https://accounts.google.com",
}
# The client secrets of these: <folder>/<name in the address>, mode 0600.
IDENTITY_SECRETS_DIR = Path(env("IDENTITY_SECRETS_DIR") or DATA_DIR / "identity-secrets")
# Proxies in front of us whose X-Forwarded-For we believe; 0 believes nobody.
ALLAUTH_TRUSTED_PROXY_COUNT = env_number("TRUSTED_PROXIES", 0)

# Browser -----------------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # data: Bootstrap's own icons (tick of a checkbox, arrow of a select)
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day; counted from the sign-in (proof.py)
# __Host-: a browser takes it from this host alone, over HTTPS, for the whole site; nobody beside us can set it.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # one cookie
# A cookie of its own and not the session: otherwise each look at a form, by whatever robot, would write a row. No script reads it.
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # it ends with the browser, as the session does
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, over plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("BEHIND_TLS_PROXY") else None
X_FRAME_OPTIONS = "DENY"
# A leaflet or policy is at most 1 MB; nothing else that people send comes near.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Words and times ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = env("LANGUAGE_CODE", "en-gb")
LANGUAGES = [("en-gb", _("English"))]  # Welsh comes next
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["schoolpolicy.formats"]  # dates in words: 23 November 2026
USE_TZ = True
TIME_ZONE = "Europe/London"  # of logs and of people without a school; each school has its own

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT") or DATA_DIR / "static")
# `{% static "bootstrap/css/bootstrap.min.css" %}`: only the package's files are wanted, not its application with its templates.
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", Path(str(files("django_include_bootstrap"))) / "static")]
# Only what pages link to is compressed: 5 seconds of work at every start of the demo instead of 16.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"

# Evidence ----------------------------------------------------------------------------------------------------------
# The Ed25519 key that signs entries and checkpoints: outside the database, mode 0600, made by `manage.py evidence_key create`.
EVIDENCE_KEY_FILE = Path(env("EVIDENCE_KEY_FILE") or DATA_DIR / "evidence.key")
# How far each log had come, so that the database cannot go back unnoticed: outside it too, writable, and backed up with the key.
EVIDENCE_CHECKPOINTS_DIR = Path(env("EVIDENCE_CHECKPOINTS_DIR") or EVIDENCE_KEY_FILE.with_name("evidence.checkpoints"))

# Network -----------------------------------------------------------------------------------------------------------
# The secrets shared with Wi-Fi controllers that take requests to disconnect: <folder>/<school's slug>/<name>, mode 0600.
RADIUS_SECRETS_DIR = Path(env("RADIUS_SECRETS_DIR") or DATA_DIR / "radius-secrets")

# Mail --------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "schoolpolicy@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env("EMAIL_HOST", "localhost"),
            "port": env_number("EMAIL_PORT", 25),
            "username": env("EMAIL_HOST_USER"),
            "password": env("EMAIL_HOST_PASSWORD"),
            "use_tls": env_flag("EMAIL_USE_TLS"),
            "timeout": 10,  # a hanging mail server must not hang a page for longer
        },
    }
}
if DEMO:
    MAILERS["default"] = {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": DATA_DIR / "mail"},
    }


def not_of_machines(record: logging.LogRecord) -> bool:
    """What the network asks has a line of its own, yes or no; Django's “Unauthorized” beside each no would say nothing more."""
    request = getattr(record, "request", None)
    return not (isinstance(request, HttpRequest) and request.path_info.startswith("/network/"))


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"not_of_machines": {"()": "django.utils.log.CallbackFilter", "callback": not_of_machines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Every step of every PDF otherwise.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "django.request": {"filters": ["not_of_machines"]},
    },
}
