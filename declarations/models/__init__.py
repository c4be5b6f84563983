"""The facts. Every promise that a constraint can hold is one, named for the rule that it holds."""

from declarations.models.declaration import Declaration, SigningContext
from declarations.models.device import Device, DeviceAddress, Permission, Suspension
from declarations.models.evidence import Checkpoint, Entry, Erasure, IssuedCertificate, Letter, Log
from declarations.models.network import AddressClash, Controller, Disconnect, NetworkSettings, NetworkToken, Seen
from declarations.models.person import Person, Role
from declarations.models.policy import PolicyVersion, SectionRead
from declarations.models.school import School

__all__ = [
    "AddressClash",
    "Checkpoint",
    "Controller",
    "Declaration",
    "Device",
    "DeviceAddress",
    "Disconnect",
    "Entry",
    "Erasure",
    "IssuedCertificate",
    "Letter",
    "Log",
    "NetworkSettings",
    "NetworkToken",
    "Permission",
    "Person",
    "PolicyVersion",
    "Role",
    "School",
    "SectionRead",
    "Seen",
    "SigningContext",
    "Suspension",
]
