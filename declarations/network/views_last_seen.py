"""Addresses of one's own devices: a new one for a device, and *is this yours?* for one that the network has just refused."""

from urllib.parse import urlencode

# The public `consume` leaves every GET alone, and answers with a page of its own.
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.common.errors import RefusedError
from declarations.devices.forms.addresses import AddressForm, LastFourForm
from declarations.devices.views.devices import mine, prefilled
from declarations.network import last_seen, tokens
from declarations.web.decorators import StaffRequest, staff


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: StaffRequest, pk: int) -> HttpResponse:
    """Another address of a device that has a request or a permission: no new decision, and the old address ends."""
    one = mine(request, pk)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial={"address": prefilled(request)})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["address"]
        try:
            tokens.add_address(device=one.device, by=request.person, address=typed, at=request.at)
        except RefusedError as refused:
            if refused.code == "in_use":
                tokens.tell_of_clash(person=request.person, address=typed, at=request.at)
            form.add_error("address", str(refused))
        else:
            messages.success(request, _("Changed. The old address no longer works; the permission is the same."))
            return redirect("devices")
    return render(request, "network/device_address.html", {"card": one, "form": form})


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: StaffRequest) -> HttpResponse:
    """Finds the address of a device that tried to join the school Wi-Fi a moment ago, from the four characters that it shows.

    There is no list to pick from, because on it would be the phones of others, pupils among them. Who types the end of an
    address has a device that shows it in front of them, or guesses; guesses are limited, and what comes of it is no more than
    a filled-in form: the leadership still decides.
    """
    form = LastFourForm(request.POST) if request.method == "POST" else LastFourForm()
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="seen", user=request.person):
            form.add_error(None, _("Too many tries. Wait a minute, then try again."))
            return render(request, "network/last_seen.html", {"form": form}, status=429)
        found = last_seen.ending_in(form.cleaned_data["end"], school=request.school, at=request.at)
        if len(found) == 1:
            where = reverse("device_address", args=[pk]) if (pk := whole_number(request.GET.get("device", ""))) else reverse("device_add")
            return redirect(f"{where}?{urlencode({'address': found[0]})}")
        if found:
            form.add_error("end", _("Two devices with this end tried in the last minutes. Type the whole address instead."))
        else:
            form.add_error(
                "end",
                _("No unknown device with this end tried in the last ten minutes. Let yours join the school Wi-Fi again, then try here."),
            )
    device = whole_number(request.GET.get("device", ""))
    return render(request, "network/last_seen.html", {"form": form, "device": device})


def whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
