"""Django's own apps, set up for us."""

from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class LeadershipAdminConfig(SimpleAdminConfig):
    """The leadership's own site in the place of the default one, with the pages of our capabilities.

    It looks for no others: those that other packages bring (groups, e-mail addresses) go by permissions that nobody has here.
    """

    default_site = "declarations.site.admin_site.LeadershipSite"

    def ready(self) -> None:
        # Not possible before the apps are ready: the site knows models.
        from declarations.site.admin_site import register_capabilities

        super().ready()
        register_capabilities(admin.site)


class ChosenStaticFilesConfig(StaticFilesConfig):
    """Leaves out what Bootstrap's package carries and no page uses: compressing it would take most of a minute."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "bootstrap-*", "bootstrap.rtl*", "bootstrap.css*"]
