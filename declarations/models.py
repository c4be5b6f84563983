"""The facts. Every promise that a constraint can hold is one, named for the rule that it holds."""

from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.evidence.models import Checkpoint, Entry, Erasure, IssuedCertificate, Log
from declarations.jobs.models import Job
from declarations.mail.models import Email, Reminder
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.sign_in.models import IdentityProvider, Invitation, LinkedAccount
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.models.response import Exemption, PaperSignature, Response
from declarations.staff_lists.models import StaffList

__all__ = [
    "AddressClash",
    "Checkpoint",
    "Controller",
    "Declaration",
    "Device",
    "DeviceAddress",
    "Disconnect",
    "Disposal",
    "Email",
    "Entry",
    "Erasure",
    "Exemption",
    "Holiday",
    "IdentityProvider",
    "Invitation",
    "IssuedCertificate",
    "Job",
    "KioskSession",
    "LastSeen",
    "LegalHold",
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
    "Response",
    "RetentionSettings",
    "Role",
    "School",
    "SectionRead",
    "SignatureMetadata",
    "SigningCode",
    "StaffList",
    "Suspension",
]
