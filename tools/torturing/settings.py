"""The product's settings as in production over plain HTTP, but for the static files, which nobody collects for a few minutes."""

from schoolpolicy.settings import *  # noqa: F403  # all of them

STORAGES = {
    **STORAGES,  # noqa: F405  # from the product's settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
