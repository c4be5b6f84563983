"""Characters that nobody types and nobody sees; no text from a form or a file may hold one."""

import re

# Control characters but tab and line feed, lone surrogates, and the marks that make a line read in another order than it is written.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
