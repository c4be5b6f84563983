"""What happened to a clause or a section, in words and a sign."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from declarations.policies.diff.classify import Change, Kind, SectionChange

register = template.Library()

SIGNS = {
    Kind.ADDED: "+",
    Kind.REMOVED: "−",
    Kind.REWORDED: "±",
    Kind.MOVED: "→",
    Kind.RENUMBERED: "#",
    Kind.SPLIT: "÷",
    Kind.JOINED: "&",
}


@register.filter
def sign(change: Change) -> str:
    """A sign beside words that say the same; not for screen readers."""
    return SIGNS[change.kind]


@register.filter
def happened(change: Change) -> str:
    """`Reworded, and moved here from “In class”`."""
    what = {
        Kind.ADDED: _("Added"),
        Kind.REMOVED: _("Removed"),
        Kind.REWORDED: _("Reworded"),
        Kind.RENUMBERED: _("Numbered anew: it was %(key)s") % {"key": "".join(clause.key for clause in change.old) or "–"},
        Kind.SPLIT: ngettext("Split into %(pieces)s", "Split into %(pieces)s", len(change.new)) % {"pieces": len(change.new)},
        Kind.JOINED: ngettext("%(pieces)s joined into one", "%(pieces)s joined into one", len(change.old)) % {"pieces": len(change.old)},
    }.get(change.kind)
    if not change.is_moved:
        return str(what)
    if change.moved_from:
        section = {"section": change.moved_from}
        moved, moved_too = _("Moved here from “%(section)s”") % section, _("and moved here from “%(section)s”") % section
    else:
        moved, moved_too = _("Moved within this section"), _("and moved within this section")
    return f"{what}, {moved_too}" if what else moved


@register.filter
def section_happened(section: SectionChange) -> list[str]:
    """What happened to the section itself: new, removed, renamed, moved; often nothing."""
    said = []
    if section.kind == Kind.ADDED:
        said.append(_("This section is new."))
    if section.kind == Kind.REMOVED:
        said.append(_("This section is removed."))
    if section.old_title:
        said.append(_("Its title was “%(title)s”.") % {"title": section.old_title})
    if section.is_moved:
        said.append(_("It stands at another place now."))
    return said


@register.filter
def counted(counts: dict[Kind, int]) -> str:
    """`1 added, 2 reworded`."""
    names = {
        Kind.ADDED: _("added"),
        Kind.REMOVED: _("removed"),
        Kind.REWORDED: _("reworded"),
        Kind.MOVED: _("moved"),
        Kind.RENUMBERED: _("numbered anew"),
        Kind.SPLIT: _("split"),
        Kind.JOINED: _("joined"),
    }
    return ", ".join(f"{count} {names[kind]}" for kind, count in counts.items())
