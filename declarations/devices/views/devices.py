"""One's own devices: add, ask, withdraw, give up, report lost. A GET shows; only a POST changes anything."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.actions import addresses, owner
from declarations.devices.forms.addresses import AddressForm
from declarations.devices.forms.devices import AskForm, DeviceForm
from declarations.devices.models import Device
from declarations.devices.views.cards import DeviceCard, card, device_cards
from declarations.web.decorators import StaffRequest, staff

shown_or_sent = require_http_methods(["GET", "HEAD", "POST"])


@staff
@require_safe
def devices(request: StaffRequest) -> HttpResponse:
    """Each device with its state, and what its owner can do now."""
    cards = device_cards(person=request.person, school=request.school, on=request.on)
    context = {
        "cards": [card for card in cards if not card.is_given_up],
        "given_up": [card for card in cards if card.is_given_up],
        "any_private": any(card.is_private for card in cards),
    }
    return render(request, "devices/devices.html", context)


@staff
@shown_or_sent
def add(request: StaffRequest) -> HttpResponse:
    """A new device, and the request for it."""
    form = DeviceForm(request.POST) if request.method == "POST" else DeviceForm(initial={"address": prefilled(request)})
    if request.method == "POST" and form.is_valid():
        try:
            owner.add_device(owner=request.person, at=request.at, **form.cleaned_data)
        except RefusedError as refused:
            refuse(request, form, refused, field="address" if refused.code == "in_use" else None)
        else:
            messages.success(request, _("Added. The leadership has been asked; you will see its decision here."))
            if mac_address.is_private(form.cleaned_data["address"]):
                messages.warning(request, _("The address is a private one: see below how to keep it from changing."))
            return redirect("devices")
    return render(request, "devices/add.html", {"form": form})


@staff
@shown_or_sent
def address(request: StaffRequest, pk: int) -> HttpResponse:
    """Another address of a device that has a request or a permission: no new decision, and the old address ends."""
    device = own_device(request, pk)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"address": prefilled(request)})
    if request.method == "POST" and form.is_valid():
        try:
            addresses.add_address(device=device.device, by=request.person, at=request.at, **form.cleaned_data)
        except RefusedError as refused:
            refuse(request, form, refused, field="address")
        else:
            messages.success(request, _("Changed. The old address no longer works; the permission is the same."))
            return redirect("devices")
    return render(request, "devices/address.html", {"card": device, "form": form})


def prefilled(request: StaffRequest) -> str:
    """The address that the page before found, if it is one."""
    try:
        return mac_address.canonical(request.GET.get("address", ""))
    except mac_address.InvalidAddressError:
        return ""


def refuse(request: StaffRequest, form: AddressForm | DeviceForm, refused: RefusedError, *, field: str | None) -> None:
    """Shows the refusal on the form; IT is told of an address that somebody else's device has."""
    if refused.code == "in_use":
        addresses.tell_of_clash(person=request.person, address=form.cleaned_data["address"], at=request.at)
    form.add_error(field, str(refused))


@staff
@shown_or_sent
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks again for a device."""
    device = own_device(request, pk)
    form = AskForm(request.POST) if request.method == "POST" else AskForm()
    if request.method == "POST" and form.is_valid():
        act = partial(owner.ask, device=device.device, by=request.person, at=request.at, **form.cleaned_data)
        return done(request, act, _("Asked. The leadership decides; you will see its decision here."))
    page = {"card": device, "form": form, "heading": _("Ask again"), "button": _("Ask the leadership"), "mentions_e_mail": True}
    return render(request, "devices/confirm.html", page)


@staff
@shown_or_sent
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Takes back the request that waits, else the permission that runs."""
    device = own_device(request, pk)
    permission = device.can_be_withdrawn
    if permission is None:
        return not_done(request, _("There is nothing to withdraw for this device."))
    if request.method == "POST":
        # The page said which: a request that was decided meanwhile is not a permission to throw away unasked.
        shown = request.POST.get("permission", str(permission.pk)), request.POST.get("status", permission.status)
        if shown != (str(permission.pk), permission.status):
            return not_done(request, _("Something changed in the meantime, so nothing was withdrawn. Look at the device's state first."))
        return done(request, partial(owner.withdraw, permission=permission, by=request.person, at=request.at), _("Withdrawn."))
    if device.waiting:
        heading, text = _("Withdraw the request"), _("The leadership will not decide about it. You can ask again later.")
    else:
        heading = _("Give the permission back")
        text = _("The device will not connect to the school Wi-Fi any more. You can ask again later.")
    page = {"card": device, "heading": heading, "text": text, "button": heading, "permission": permission}
    return render(request, "devices/confirm.html", page)


@staff
@shown_or_sent
def lost(request: StaffRequest, pk: int) -> HttpResponse:
    """Suspends a lost or stolen device at once."""
    device = own_device(request, pk)
    if request.method == "POST":
        sentence = _("Suspended: the device is off the school Wi-Fi. Tell IT too if school data was on it: %(contact)s")
        act = partial(owner.report_lost, device=device.device, by=request.person, at=request.at)
        return done(request, act, sentence % {"contact": request.school.it_contact})
    text = _(
        "This suspends the device at once: it can no longer connect to the school Wi-Fi. If you find it, the leadership lifts that again."
    )
    page = {"card": device, "heading": _("Report it lost or stolen"), "text": text, "button": _("Suspend it now"), "is_grave": True}
    return render(request, "devices/confirm.html", page)


@staff
@shown_or_sent
def give_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Sold, broken, passed on: ends the permission, and frees the address."""
    device = own_device(request, pk)
    if request.method == "POST":
        act = partial(owner.give_up, device=device.device, by=request.person, at=request.at)
        return done(request, act, _("Given up: the device is no longer yours here."))
    text = _("Sold, broken or passed on: its permission ends, and its address is free for somebody else. You can add it again.")
    page = {"card": device, "heading": _("Give it up"), "text": text, "button": _("Give it up"), "is_grave": True}
    return render(request, "devices/confirm.html", page)


def own_device(request: StaffRequest, pk: int) -> DeviceCard:
    """One's own device; a 404 for anybody else's."""
    owned = Device.objects.filter(owner=request.person).with_reason(on=request.on)
    return card(get_object_or_404(owned, pk=pk), school=request.school, on=request.on)


def done(request: StaffRequest, act: Callable[[], object], sentence: str) -> HttpResponse:
    """Acts, and leads back to the list, with this sentence, or with why nothing was done."""
    try:
        act()
    except RefusedError as refused:
        return not_done(request, str(refused))
    messages.success(request, sentence)
    return redirect("devices")


def not_done(request: StaffRequest, sentence: str) -> HttpResponse:
    """Back to the list, with why nothing was done."""
    messages.warning(request, sentence)
    return redirect("devices")
