"""How each kind of e-mail is rendered: the rooms say it, in the registry."""

from declarations.mail.models import Email
from declarations.web import registry
from declarations.web.capability import EmailKind


def kind_of(email: Email) -> EmailKind:
    """What the room that this e-mail belongs to has registered for its kind."""
    return next(kind for kind in registry.every(lambda capability: capability.emails) if kind.name == email.kind)
