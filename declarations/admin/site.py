"""The admin site: its front page is the queue, its login is the staff's own door."""

from django.contrib.admin import AdminSite


class LeadershipSite(AdminSite):
    pass
