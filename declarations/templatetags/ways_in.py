"""The ways in that a page offers."""

from django import template

from declarations.sign_in.models import IdentityProvider

register = template.Library()


@register.simple_tag
def identity_providers() -> list[tuple[IdentityProvider, str]]:
    """Those in use, each with what its button says: with its school's name where there are several of a kind."""
    providers = list(IdentityProvider.objects.filter(in_use=True).select_related("school"))
    kinds = [provider.kind for provider in providers]
    return [
        (provider, f"{provider} ({provider.school.short_name})" if provider.school and kinds.count(provider.kind) > 1 else str(provider))
        for provider in providers
    ]
