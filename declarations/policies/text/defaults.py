"""What is signed, until a school puts its own words in its place: plain sentences, filled in with `substitute_plain`."""

from typing import Final

from declarations.common.errors import gettext_noop

DEFAULT_STATEMENT: Final = gettext_noop(
    "I have read the leaflet and the Acceptable Use Policy of {school}, and I will comply with the Acceptable Use Policy."
)
# The key is stored with what was ticked, so it never changes its meaning.
DEFAULT_CONFIRMATIONS: Final[list[dict[str, str]]] = [
    {
        "key": "read",
        "text": gettext_noop("I have read this version of the Acceptable Use Policy, and I have been able to ask questions about it."),
    },
    {
        "key": "comply",
        "text": gettext_noop(
            "I will comply with it on school equipment, and on any device of my own that I use in school or for school work."
        ),
    },
    {"key": "monitored", "text": gettext_noop("I understand that the school's systems and network are filtered and monitored, and why.")},
    {"key": "reporting", "text": gettext_noop("I know who the {DSL} is ({DSL_contact}), and what I must report at once.")},
    {"key": "breach", "text": gettext_noop("I understand that a breach can end my access and lead to disciplinary action.")},
]
