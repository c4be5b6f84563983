"""import-linter's contract of layers, with the rooms of `declarations/capabilities.py` among them."""

from typing import Any

from importlinter.contracts.layers import LayersContract

from declarations.capabilities import LAYERS, ROOMS


def with_rooms(layers: list[str]) -> list[str]:
    """The layers, highest first, with those of the rooms in the place of `ROOMS`."""
    place = layers.index("ROOMS")
    return [*layers[:place], *(" | ".join(rooms) for rooms in reversed(LAYERS)), *layers[place + 1 :]]


class RoomsContract(LayersContract):
    """Layers or containers among which `ROOMS` stands for all rooms, so that a new one is named in capabilities.py alone."""

    type_name = "rooms"

    def __init__(self, name: str, session_options: dict[str, Any], contract_options: dict[str, Any]) -> None:
        options = dict(contract_options)
        if "ROOMS" in options["layers"]:
            options["layers"] = with_rooms(options["layers"])
        else:
            options["containers"] = [*options["containers"], *(f"declarations.{room}" for room in ROOMS)]
        super().__init__(name, session_options, options)
