"""What sign_in hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.sign_in.admin import IdentityProviderAdmin
from declarations.sign_in.models import IdentityProvider
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="sign_in",
    title=_("sign in"),
    admin={IdentityProvider: IdentityProviderAdmin},
)
