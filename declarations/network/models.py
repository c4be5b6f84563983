"""What the network is told and what it did: tokens, settings, controllers, last answers, requests to disconnect."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from declarations.common import lease
from declarations.devices.models import Device
from declarations.devices.reason import Reason

DEFAULT_SESSION_TIMEOUT = 3600
DEFAULT_SEEN_DAYS = 90
NAME_OF_A_FILE = r"\A[a-z0-9][a-z0-9_-]*\Z"  # also the name of a file, and of nothing else


class NetworkTokenQuerySet(models.QuerySet["NetworkToken"]):
    def live(self) -> "NetworkTokenQuerySet":
        return self.filter(ended_at__isnull=True)


class NetworkToken(models.Model):
    """With this a school's RADIUS server asks. Only its SHA-256 is kept: the token itself is shown once.

    What it may do is written once: whoever wants it otherwise makes another token and ends this one.
    """

    class OnlyFor(models.TextChoices):
        QUESTIONS = "questions", _("questions about one device")
        LISTS = "lists", _("lists of all that may connect")
        __empty__ = _("both")

    SLOTS = (1, 2)  # of each kind two are live while one takes the other's place

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="network_tokens")
    slot = models.PositiveSmallIntegerField(_("place"))
    name = models.CharField(_("name"), max_length=60, help_text=_("Where it is used: RADIUS server in the main building."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    only_for = models.CharField(
        _("only for"),
        max_length=9,
        blank=True,
        default="",
        choices=OnlyFor,
        help_text=_("Empty: for both, as a RADIUS server needs that keeps a list for the time while this server is down."),
    )
    networks = models.CharField(
        _("only from"),
        max_length=300,
        blank=True,
        default="",
        help_text=_(
            "Addresses or networks of those who ask, such as 10.1.0.5 or 10.1.0.0/24, with spaces between them. Empty: from anywhere."
        ),
    )
    plain_http = models.BooleanField(
        _("also without HTTPS"),
        default=False,
        help_text=_("From the networks above. The token then crosses them in clear: only where nobody else can listen."),
    )
    expires_at = models.DateTimeField(_("expires at"), null=True)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        "Person",
        verbose_name=_("made by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: from the command line of the server."),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey("Person", verbose_name=_("ended by"), null=True, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(_("last used at"), null=True, help_text=_("To the minute or so."))
    last_address = models.GenericIPAddressField(_("last used from"), null=True)
    refused_at = models.DateTimeField(_("last refused at"), null=True, help_text=_("It was the right token, used as it may not be."))
    refused_address = models.GenericIPAddressField(_("last refused from"), null=True)

    objects = NetworkTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("network token")
        verbose_name_plural = _("network tokens")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "only_for", "slot"], condition=Q(ended_at__isnull=True), name="token_two_are_live_at_most"
            ),
            models.CheckConstraint(condition=Q(only_for__in=["", "questions", "lists"]), name="token_is_for_something_known"),
            models.CheckConstraint(condition=Q(plain_http=False) | ~Q(networks=""), name="token_without_https_has_networks"),
            models.CheckConstraint(condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")), name="token_expires_later"),
            models.CheckConstraint(condition=Q(slot__in=[1, 2]), name="token_has_one_of_two_places"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(sha256=""), name="token_has_name_and_hash"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True),
                name="token_end_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date | None:
        """The last day at the school on which it is taken; None: it does not expire."""
        return self.school.day_of(self.expires_at - dt.timedelta(microseconds=1)) if self.expires_at else None


class NetworkSettings(models.Model):
    """What a school answers its network with; a school without a row has the defaults."""

    school = models.OneToOneField("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="network")
    vlan = models.PositiveSmallIntegerField(
        _("VLAN"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(4094)],
        help_text=_("The number of the network for personal devices. Empty: the controller puts them where it likes."),
    )
    session_timeout = models.PositiveIntegerField(
        _("ask again after (seconds)"),
        default=DEFAULT_SESSION_TIMEOUT,
        validators=[MinValueValidator(60), MaxValueValidator(86400)],
        help_text=_("A device that has lost its permission is off after this time at the latest: 3600 is an hour."),
    )
    seen_days = models.PositiveSmallIntegerField(
        _("keep the last answers for (days)"),
        default=DEFAULT_SEEN_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("When a device was last seen is personal data: keep it no longer than it helps anybody."),
    )

    class Meta:
        verbose_name = _("network settings")
        verbose_name_plural = _("network settings")
        constraints = [
            models.CheckConstraint(condition=Q(vlan__isnull=True) | Q(vlan__gte=1, vlan__lte=4094), name="network_vlan_exists"),
            models.CheckConstraint(
                condition=Q(session_timeout__gte=60, session_timeout__lte=86400), name="network_timeout_is_between_a_minute_and_a_day"
            ),
            models.CheckConstraint(condition=Q(seen_days__gte=1, seen_days__lte=366), name="network_seen_is_kept_a_year_at_most"),
        ]

    def __str__(self) -> str:
        return str(self.school)


class Controller(models.Model):
    """A Wi-Fi controller that takes requests to disconnect (RFC 5176). Its secret is in a file on the server, never here."""

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT, related_name="controllers")
    name = models.CharField(_("name"), max_length=60)
    host = models.GenericIPAddressField(_("IP address"))
    port = models.PositiveIntegerField(_("port"), default=3799, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    secret_name = models.CharField(
        _("name of the secret"),
        max_length=40,
        validators=[RegexValidator(NAME_OF_A_FILE, _("Small letters, digits, - and _."))],
        help_text=_("Not the secret: the name of the file on the server that holds it (docs/network.md)."),
    )
    signs_answers = models.BooleanField(
        _("signs its answers"),
        default=True,
        help_text=_(
            "Its answers carry a Message-Authenticator, and one without is not believed. Take the tick away only for a controller that "
            "cannot, and has no update."
        ),
    )
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("controller")
        verbose_name_plural = _("controllers")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "host", "port"],
                name="controller_is_named_once",
                violation_error_message=_("There is a controller with this address already."),
            ),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="controller_has_a_port"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(secret_name=""), name="controller_has_name_and_secret"),
        ]

    def __str__(self) -> str:
        return self.name


class LastSeen(models.Model):
    """The last answer about an address, and when: overwritten each time, so it is no history of where anybody was.

    Without a device it is an address that nobody has added: kept for minutes, for its owner to say *this is mine*.
    """

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    device = models.ForeignKey(Device, verbose_name=_("device"), null=True, on_delete=models.CASCADE, related_name="seen")
    address = models.CharField(_("Wi-Fi address"), max_length=17)
    reason = models.CharField(_("last answer"), max_length=20, blank=True, help_text=_("Empty: yes."))
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        db_table = "declarations_seen"  # the table keeps the name that it was made with
        verbose_name = _("last answer")
        verbose_name_plural = _("last answers")
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "address"], name="seen_is_the_last_of_an_address"),
            models.CheckConstraint(condition=Q(reason="") | Q(reason__in=Reason.values), name="seen_answer_is_known"),
            models.CheckConstraint(condition=Q(device__isnull=False) | Q(reason="unknown_device"), name="seen_yes_is_about_a_device"),
        ]
        indexes = [models.Index(fields=["school", "reason", "seen_at"], name="seen_of_school")]

    def __str__(self) -> str:
        return self.address


class DisconnectQuerySet(models.QuerySet["Disconnect"]):
    def open(self) -> "DisconnectQuerySet":
        return self.filter(answered_at__isnull=True, gave_up_at__isnull=True)

    def due(self, *, at: dt.datetime) -> "DisconnectQuerySet":
        return self.open().filter(lease.is_free(at=at), due_at__lte=at)


class Disconnect(models.Model):
    """A controller is asked to disconnect a device that was let on and may stay no longer: decided, told, acknowledged."""

    class Answer(models.TextChoices):
        ACK = "ack", _("disconnected")
        NAK = "nak", _("refused by the controller")
        ABSENT = "absent", _("it was not connected there")

    school = models.ForeignKey("School", verbose_name=_("school"), on_delete=models.PROTECT)
    controller = models.ForeignKey(Controller, verbose_name=_("controller"), on_delete=models.CASCADE, related_name="disconnects")
    device = models.ForeignKey(Device, verbose_name=_("device"), on_delete=models.CASCADE, related_name="disconnects")
    address = models.CharField(_("Wi-Fi address"), max_length=17)
    reason = models.CharField(_("because"), max_length=20, choices=Reason)
    decided_at = models.DateTimeField(_("decided at"))
    queued_at = models.DateTimeField(_("queued at"))
    # The session ends by itself then (Session-Timeout), so nobody need be told after that.
    until_at = models.DateTimeField(_("off by itself at"))
    due_at = models.DateTimeField(_("next try at"))
    # A worker that takes a row holds it until then; if it dies, another takes it afterwards.
    locked_until = models.DateTimeField(_("held until"), null=True, db_column="held_until")
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("told at"), null=True, help_text=_("When the last request was sent."), db_column="told_at")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.CharField(_("answer"), max_length=6, blank=True, default="", choices=Answer)
    error = models.CharField(_("trouble"), max_length=200, blank=True, default="", db_column="trouble")
    gave_up_at = models.DateTimeField(_("gave up at"), null=True)

    objects = DisconnectQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to disconnect")
        verbose_name_plural = _("requests to disconnect")
        ordering = ["-queued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "address"],
                condition=Q(answered_at__isnull=True, gave_up_at__isnull=True),
                name="disconnect_is_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False, sent_at__isnull=False) & ~Q(answer="")),
                name="disconnect_answer_is_all_or_none",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("sent_at")), name="disconnect_answer_follows_the_telling"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(answered_at__isnull=True, gave_up_at__isnull=True), name="disconnect_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.controller}"
