"""Reads pictures that people upload."""

import io

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps


def read_picture(data: bytes, *, formats: list[str], most_pixels: int) -> Image.Image:
    """The picture, turned upright. Raises ValidationError for another format, a damaged file or too many pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=formats) as whole:
            whole.verify()  # refuses half a picture, whose rest would be drawn in black
        with Image.open(io.BytesIO(data), formats=formats) as image:
            if image.width * image.height > most_pixels:
                raise forms.ValidationError(_("The picture has too many points: make it smaller."))
            return ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise forms.ValidationError(_("This is no picture that can be read. Send a PNG or a JPEG.")) from error
