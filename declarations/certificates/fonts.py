"""The fonts of every PDF. They come from wheels, so every machine draws the same; the system's own fonts are not used."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

PACKAGES = ("fontpkg_fira_sans", "fontpkg_ibm_plex_serif")
# It names our folders only, because a system's own configuration may add fonts, replace them or draw them differently.
# Figures have one height and one width (docs/decisions/0060).
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  {folders}
  <cachedir>{cache}</cachedir>
  <match target="font"><edit name="fontfeatures" mode="append"><string>lnum</string><string>tnum</string></edit></match>
</fontconfig>
"""


@contextmanager
def only_ours() -> Iterator[None]:
    """Make fontconfig read our fonts and no others. A configuration that is built inside the block keeps them afterwards."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory(prefix="schoolpolicy-fonts-") as folder:
        folders = "".join(f"<dir>{escape(str(files(package) / 'files'))}</dir>" for package in PACKAGES)
        configuration = Path(folder, "fonts.conf")
        configuration.write_text(CONFIGURATION.format(folders=folders, cache=escape(folder)), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
