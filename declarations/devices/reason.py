"""Why a device may not connect."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a device may not connect; an empty reason is a yes."""

    UNKNOWN_DEVICE = "unknown_device", _("No device with this address is known at the school.")
    WRONG_SCHOOL = "wrong_school", _("The device belongs to another school.")
    OWNER_LEFT = "owner_left", _("The owner is not at the school.")
    SUSPENDED = "suspended", _("The device is suspended: it was reported lost or stolen.")
    NOT_APPROVED = "not_approved", _("The leadership has not approved this device.")
    APPROVAL_EXPIRED = "approval_expired", _("The permission for this device has ended.")
    NOT_SIGNED = "not_signed", _("The owner has not signed a declaration.")
    LAPSED = "lapsed", _("The owner's declaration has lapsed.")
