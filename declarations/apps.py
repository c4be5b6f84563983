"""The app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeclarationsConfig(AppConfig):
    name = "declarations"
    verbose_name = _("declarations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Not possible before the apps are ready: capabilities know models. Importing the checks registers them.
        from declarations import capabilities, checks  # noqa: F401
        from declarations.web import registry

        registry.load(capabilities.ROOMS)
