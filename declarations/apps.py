"""The app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeclarationsConfig(AppConfig):
    name = "declarations"
    verbose_name = _("declarations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from declarations import checks  # noqa: F401  # importing registers them; not possible before the apps are ready
