"""The menus of the pages."""

from django import template
from django.template import Context

from declarations.web import menu

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_menu(context: Context) -> list[menu.Link]:
    """The links on the staff pages: `{% staff_menu as links %}`."""
    return menu.links(context["request"], context["user"], in_admin=False)


@register.simple_tag(takes_context=True)
def admin_menu(context: Context) -> list[menu.Link]:
    """The links on the leadership's pages: `{% admin_menu as links %}`."""
    return menu.links(context["request"], context["user"], in_admin=True)
