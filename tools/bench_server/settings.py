"""The product's settings, with an empty view beside its own, and mail that goes nowhere."""

from schoolpolicy.settings import *  # noqa: F403  # all of them

ROOT_URLCONF = "tools.bench_server.urls"
SECRET_KEY = "the same in each worker of a server that lives for a minute"  # noqa: S105  # it guards nothing
# How long a mail server takes is not ours to measure; the certificate that is sent is made all the same.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
# No collectstatic before a bench: pages link the files under their own names.
STORAGES = {
    **STORAGES,  # noqa: F405  # from the product's settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Not a line for each request: writing them would be measured too.
LOGGING["root"]["level"] = "ERROR"  # type: ignore[index]  # noqa: F405  # as it is written there
