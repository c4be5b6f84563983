"""The personal data of devices: whose they are, what was asked and decided about them."""

from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    PersonalData(model=Device, about=("owner",), free_text=("make_and_model",)),
    PersonalData(model=DeviceAddress, about=("device__owner",), fixed=("address",)),
    PersonalData(
        model=Permission,
        about=("owner",),
        acts={"asked_by": "asked_at", "decided_by": "decided_at", "ended_by": "ended_at"},
        free_text=("reason", "conditions", "decision_note", "ended_note"),
    ),
    PersonalData(model=PermissionReview, about=("permission__owner",), acts={"reviewed_by": "reviewed_at"}),
    # About whoever typed the address, and about the owner of the device that has it.
    PersonalData(model=AddressClash, about=("person", "holder__owner"), fixed=("address",), belongs_to={"address": "holder__owner"}),
    PersonalData(model=Suspension, about=("device__owner",), acts={"suspended_by": "suspended_at", "lifted_by": "lifted_at"}),
)
