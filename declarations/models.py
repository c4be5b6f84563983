"""The facts. Every promise that a constraint can hold is one, named for the rule that it holds."""

from declarations.devices.models import Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.evidence.models import Checkpoint, Entry, Erasure, IssuedCertificate, Log
from declarations.jobs.models import Job
from declarations.mail.models import Letter, Reminder
from declarations.network.models import AddressClash, Controller, Disconnect, NetworkSettings, NetworkToken, Seen
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.privacy.models import Disposal, LegalHold, RetentionSettings
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.signing.models.declaration import Declaration, SigningContext
from declarations.signing.models.kiosk import SigningCode, SigningSession
from declarations.signing.models.response import Exemption, PaperSignature, Reply
from declarations.staff_lists.models import Invitation, StaffList

__all__ = [
    "AddressClash",
    "Checkpoint",
    "Controller",
    "Declaration",
    "Device",
    "DeviceAddress",
    "Disconnect",
    "Disposal",
    "Entry",
    "Erasure",
    "Exemption",
    "Holiday",
    "IdentityProvider",
    "Invitation",
    "IssuedCertificate",
    "Job",
    "LegalHold",
    "Letter",
    "LinkedAccount",
    "Log",
    "NetworkSettings",
    "NetworkToken",
    "PaperSignature",
    "Permission",
    "PermissionReview",
    "Person",
    "PolicyVersion",
    "Reminder",
    "Reply",
    "RetentionSettings",
    "Role",
    "School",
    "SectionRead",
    "Seen",
    "SigningCode",
    "SigningContext",
    "SigningSession",
    "StaffList",
    "Suspension",
]
