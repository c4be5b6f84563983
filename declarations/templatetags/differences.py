"""What happened to a clause or a section, in words and a sign."""

from django import template
from django.utils.translation import gettext as _

from declarations.policies.diff import Change, Kind, SectionChange

register = template.Library()

SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "−", Kind.REWORDED: "±"}


@register.filter
def sign(change: Change) -> str:
    """A sign beside words that say the same; not for screen readers."""
    return SIGNS[change.kind]


@register.filter
def happened(change: Change) -> str:
    return {Kind.ADDED: _("Added"), Kind.REMOVED: _("Removed"), Kind.REWORDED: _("Reworded")}[change.kind]


@register.filter
def section_happened(section: SectionChange) -> list[str]:
    """What happened to the section itself: new, removed, renamed, moved; often nothing."""
    sentences = {
        _("This section is new."): section.kind == Kind.ADDED,
        _("This section is removed."): section.kind == Kind.REMOVED,
        _("Its title was “%(title)s”.") % {"title": section.old_title}: section.old_title,
        _("It stands at another place now."): section.is_moved,
    }
    return [sentence for sentence, is_so in sentences.items() if is_so]


@register.filter
def counted(counts: dict[Kind, int]) -> str:
    """`1 added, 2 reworded`."""
    names = {Kind.ADDED: _("added"), Kind.REMOVED: _("removed"), Kind.REWORDED: _("reworded")}
    return ", ".join(f"{count} {names[kind]}" for kind, count in counts.items())
