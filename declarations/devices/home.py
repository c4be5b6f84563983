"""What the home page says about one's own devices."""

from declarations.devices.views.cards import device_cards
from declarations.web.capability import Context
from declarations.web.decorators import StaffRequest


def devices(request: StaffRequest) -> Context:
    cards = device_cards(person=request.person, school=request.school, on=request.on)
    return {"cards": [card for card in cards if not card.is_given_up]}
