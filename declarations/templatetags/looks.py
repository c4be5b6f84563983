"""How things look on a page: icons, states in words with their icon, and Markdown."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from declarations.devices.models import Permission
from declarations.policies.text import sections
from declarations.signing.status import SigningStatus

register = template.Library()

# Drawn on 24 by 24, with strokes of the text's own colour.
ICONS = {
    "back": "M19 12H5m6-7-7 7 7 7",
    "book": "M12 6C10 4.500 7 4 4 4v14c3 0 6 .5 8 2 2-1.500 5-2 8-2V4c-3 0-6 .5-8 2zM12 6v14",
    "chat": "M4 5h16v11H11l-4.500 4v-4H4zM8 9h8M8 12.500h5",
    "check": "M20 6.500 9.500 17.500 4 12",
    "clock": "M12 7v5.500l3.500 2M12 3a9 9 0 1 0 .1 0z",
    "cross": "m6 6 12 12M18 6 6 18",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11m-5-5 5 5 5-5M5 20h14",
    "forward": "M5 12h14m-6-7 7 7-7 7",
    "info": "M12 11v6M12 7.500v.1M12 3a9 9 0 1 0 .1 0z",
    "laptop": "M5 5h14v10H5zM2.500 19h19",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "minus": "M6 12h12",
    "other": "M7 7h10v10H7zM10 3v4m4-4v4m-4 10v4m4-4v4M3 10h4m-4 4h4m10-4h4m-4 4h4",
    "pause": "M9 6v12M15 6v12",
    "pen": "m4 20 1-5L16 4l4 4L9 19zM13.500 6.500l4 4",
    "phone": "M7 3h10v18H7zM11 18h2",
    "plus": "M12 5v14M5 12h14",
    "shield": "M12 3 5 5.500V11c0 5 3 8 7 10 4-2 7-5 7-10V5.500z",
    "tablet": "M5 3h14v18H5zM11 18h2",
    "warn": "M12 4 2.500 20h19zM12 10v4.500M12 17.300v.1",
    "watch": "M8 8h8v8H8zM9.500 8 10 3h4l.5 5m0 8-.5 5h-4l-.5-5",
}
STATES = {
    SigningStatus.SIGNED.value: ("good", "check"),
    SigningStatus.DUE.value: ("wait", "clock"),
    SigningStatus.OVERDUE.value: ("bad", "warn"),
    SigningStatus.LAPSED.value: ("bad", "warn"),
    SigningStatus.TALK.value: ("wait", "chat"),
    SigningStatus.DECLINED.value: ("bad", "cross"),
    SigningStatus.EXEMPT.value: ("quiet", "pause"),
    SigningStatus.NOT_YET.value: ("quiet", "minus"),
    Permission.Status.REQUESTED.value: ("wait", "clock"),
    Permission.Status.APPROVED.value: ("good", "check"),
    Permission.Status.DECLINED.value: ("bad", "cross"),
    Permission.Status.WITHDRAWN.value: ("quiet", "minus"),
    Permission.Status.REVOKED.value: ("bad", "cross"),
    Permission.Status.RENEWED.value: ("quiet", "forward"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture beside words that say the same: `{% icon "check" %}`; screen readers pass over it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def chip(tone: str, icon_name: str, words: object) -> SafeString:
    """A state in words with its icon; `tone` is good, wait, bad or quiet: `{% chip "good" "check" _("signed") %}`."""
    return format_html('<span class="chip chip-{}">{} {}</span>', tone, icon(icon_name), words)


@register.simple_tag
def state_chip(state: str, words: object = "") -> SafeString:
    """The state of a declaration (SigningStatus) or a permission (Permission.Status), in its own words unless others are given."""
    tone, icon_name = STATES[str(state)]
    return chip(
        tone, icon_name, words or (SigningStatus(state).label if str(state) in SigningStatus.values else Permission.Status(state).label)
    )


@register.filter
def markdown(text: str, heading_base: int = 2) -> SafeString:
    """A school's Markdown as safe HTML, its headings one below `heading_base`: `{{ section.body|markdown:2 }}`."""
    return mark_safe(sections.html(text, heading_base=heading_base))  # noqa: S308  # cleaned by nh3; tests/rules hold that
