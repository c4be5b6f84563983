"""Characters that nobody types or sees; no text from a form or a file may contain one."""

import re

# Control characters except tab and line feed, lone surrogates, and the marks that change the reading direction.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
