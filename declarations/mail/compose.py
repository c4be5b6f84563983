"""What all e-mails have in common: their two forms, plain text and HTML, and how they are previewed."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from declarations.web.capability import EmailPreview

# Who gets the previews.
EXAMPLE_NAME = _("Sam Example")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of a plain text, or a list of it."""

    lines: list[str]
    is_list: bool

    @property
    def text(self) -> str:
        return "\n".join(f"- {line}" if self.is_list else line for line in self.lines)


def link(name: str, *args: object) -> str:
    """The whole address of a page, for whoever is not on the site yet."""
    return settings.SITE_URL + reverse(name, args=args)


def written(subject: str, template: str, context: dict[str, object], *, to: str) -> EmailMessage:
    """An e-mail in plain text, and the same words as HTML beside it."""
    # A name or a device may hold what would end a header.
    subject = " ".join(subject.split())
    # Conditions in a template leave empty lines behind.
    parts = parts_of(render_to_string(template, {"site": settings.SITE_URL, **context}))
    text = "\n\n".join(part.text for part in parts) + "\n"
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to])
    message.attach_alternative(render_to_string("mail/email.html", {"subject": subject, "parts": parts}), "text/html")
    return message


def parts_of(text: str) -> list[Part]:
    """The paragraphs and lists of a plain text, which empty lines part."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [
        Part([line.removeprefix("- ") for line in block] if is_list else block, is_list)
        for block in blocks
        if block
        for is_list in [all(line.startswith("- ") for line in block)]
    ]


def preview(when: str, message: EmailMessage) -> EmailPreview:
    """An e-mail to nobody, for the page that shows all; `when` says who gets such a one, and when."""
    return EmailPreview(when=when, subject=str(message.subject), body=str(message.body))
