"""The ways in that a page offers."""

from django import template

from declarations.sign_in.models import IdentityProvider

register = template.Library()


@register.simple_tag
def identity_providers() -> list[tuple[IdentityProvider, str]]:
    """Those in use, each with what its button says: with its school's name where there are several of a kind."""
    found = list(IdentityProvider.objects.filter(in_use=True).select_related("school"))
    kinds = [one.kind for one in found]
    return [(one, f"{one} ({one.school.short_name})" if one.school and kinds.count(one.kind) > 1 else str(one)) for one in found]
