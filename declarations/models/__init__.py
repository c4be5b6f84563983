"""The facts. Every promise that a constraint can hold is one, named for the rule that it holds."""

from declarations.models.calendar import Holiday
from declarations.models.declaration import Declaration, SigningContext
from declarations.models.device import Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.models.evidence import Checkpoint, Entry, Erasure, IssuedCertificate, Log
from declarations.models.job import Job
from declarations.models.letter import Letter, Reminder
from declarations.models.network import AddressClash, Controller, Disconnect, NetworkSettings, NetworkToken, Seen
from declarations.models.outcome import Exemption, PaperSignature, Reply
from declarations.models.person import Person, Role
from declarations.models.policy import PolicyVersion, SectionRead
from declarations.models.privacy import Disposal, LegalHold, RetentionSettings
from declarations.models.school import School
from declarations.models.sign_in import IdentityProvider, LinkedAccount
from declarations.models.staff_list import Invitation, StaffList
from declarations.models.tablet import SigningCode, SigningSession

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
