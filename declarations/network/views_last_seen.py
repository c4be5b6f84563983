"""*Is this yours?*, for an address that the network has just refused."""

from urllib.parse import urlencode

# The public `consume` leaves every GET alone, and answers with a page of its own.
from allauth.core.internal import ratelimit
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.devices.forms.addresses import LastFourForm
from declarations.network import last_seen
from declarations.web.decorators import StaffRequest, staff


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
        matches = last_seen.ending_in(form.cleaned_data["end"], school=request.school, at=request.at)
        if len(matches) == 1:
            where = reverse("device_address", args=[pk]) if (pk := whole_number(request.GET.get("device", ""))) else reverse("device_add")
            return redirect(f"{where}?{urlencode({'address': matches[0]})}")
        if matches:
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
