"""The product's settings, with what only tests need."""

from schoolpolicy.settings import *  # noqa: F403  # all of them

SECRET_KEY = "tests-only-and-the-same-in-every-process"
# Argon2 takes its time on purpose, and tests sign in thousands of times; test_sign_in.py checks the real one.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No collectstatic before the tests: pages link the files under their own names.
STORAGES = {
    **STORAGES,  # noqa: F405  # from the product's settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # there is no collected folder to scan: files come from where they are written
WHITENOISE_USE_FINDERS = True
