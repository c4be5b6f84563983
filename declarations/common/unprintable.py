"""Characters that nobody types or sees; no text from a form or a file may contain one."""

import re

# Control characters except tab and line feed, lone surrogates, and the marks that change the reading direction.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What Unicode calls "default ignorable": soft hyphens, joiners, marks of direction. Copied along, they change no word; the two marks
# that turn letters round (U+202D, U+202E) do.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202c\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
