"""Shows Django every model: those of each room's `models.py`, or of the files in its folder `models`."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from declarations.capabilities import ROOMS

for name in [f"declarations.{room}.models" for room in ("organisation", *ROOMS)]:
    if find_spec(name):
        folder = getattr(import_module(name), "__path__", ())
        for module in iter_modules(folder, f"{name}."):
            import_module(module.name)
