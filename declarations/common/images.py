"""Pictures that people send, read whole and upright: whatever else the file holds stays behind when it is drawn anew."""

import io

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps


def read_picture(data: bytes, *, formats: list[str], most_pixels: int) -> Image.Image:
    """The picture, upright. Raises ValidationError for what is none of these formats, or unpacks to too many points."""
    try:
        with Image.open(io.BytesIO(data), formats=formats) as whole:
            whole.verify()  # half a picture: drawing alone would fill the rest with black
        with Image.open(io.BytesIO(data), formats=formats) as picture:
            if picture.width * picture.height > most_pixels:
                raise forms.ValidationError(_("The picture has too many points: make it smaller."))
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise forms.ValidationError(_("This is no picture that can be read. Send a PNG or a JPEG.")) from error
