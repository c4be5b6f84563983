"""Django's own apps, set up for us."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class LeadershipAdminConfig(AdminConfig):
    """Puts the leadership's own site in the place of the default one, so that people sign in to it as to the rest."""

    default_site = "declarations.site.admin_site.LeadershipSite"


class ChosenStaticFilesConfig(StaticFilesConfig):
    """Leaves out what Bootstrap's package carries and no page uses: compressing it would take most of a minute."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "bootstrap-*", "bootstrap.rtl*", "bootstrap.css*"]
