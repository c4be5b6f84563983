"""Every word that people read can be translated: in templates, and in the Python that speaks to them."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt", ".xml"})
# Migrations keep the words of their day; whoever types commands reads English.
SPEAKING = sorted(
    path for path in (ROOT / "declarations").rglob("*.py") if not {"migrations", "management"} & set(path.relative_to(ROOT).parts)
)
# The same in every language, and why.
UNTRANSLATED = {
    "SHA-256": "the name of a method",
    "PDF": "the name of a format",
    "CSV": "the name of a format",
    "ZIP": "the name of a format",
    "UTC": "the name of a time zone",
    "IP": "the name of a protocol",
    "QR": "the name of a code",
    "AUP": "the documents' own short name for themselves",
    "noindex": "for search engines",
    "nofollow": "for search engines",
}
SPOKEN_ATTRIBUTES = {"alt", "title", "aria-label", "aria-description", "placeholder", "label", "summary"}
SPOKEN_ARGUMENTS = {
    "label", "help_text", "verbose_name", "verbose_name_plural", "description", "empty_label", "message", "title", "legend", "heading",
    "short_description", "violation_error_message", "error_message", "empty_value_display",
}  # fmt: skip
SPEAKERS = {"RefusedError": 0, "ValidationError": 0, "BadRequest": 0, "PermissionDenied": 0, "add_error": 1}
LEVELS = {"debug": 1, "info": 1, "success": 1, "warning": 1, "error": 1, "add_message": 2}


def has_words(text: str) -> bool:
    for name in UNTRANSLATED:
        text = re.sub(rf"\b{re.escape(name)}\b", "", text)
    return bool(re.search(r"[^\W\d_]{2,}", re.sub(r"&#?\w+;", "", text)))


class Spoken(HTMLParser):
    """Collects the texts and the spoken attributes of a page; not what is inside of style and script."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"}
        self.found += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def bare_words(template: str) -> list[str]:
    """What a template says outside of its translate tags."""
    for pattern in (
        r"{#.*?#}",
        r"{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}",
        r"{%\s*(blocktranslate|blocktrans)\b.*?%}.*?{%\s*end\1\s*%}",
        r"{{.*?}}",
        r"{%\s*block\s+\w*(?:class|coltype)\w*\s*%}[^{]*{%\s*endblock\b.*?%}",  # names of CSS classes, not words
        r"{%.*?%}",
    ):
        template = re.sub(pattern, "", template, flags=re.DOTALL)
    reader = Spoken()
    reader.feed(template)
    reader.close()
    return [" ".join(text.split()) for text in reader.found if has_words(text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_say_nothing_outside_of_translate_tags(path: Path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_that_translate_load_the_tags(path: Path):
    text = path.read_text(encoding="utf-8")
    if re.search(r"{%\s*(translate|blocktranslate)\b", text):
        assert re.search(r"{%\s*load\b[^%]*\bi18n\b", text)
    # Indentation would be part of the sentence that translators see.
    assert not re.findall(r"{%\s*blocktranslate\b(?![^%]*\btrimmed\b)[^%]*%}[^{]*\n", text)


def bare_strings(source: str) -> list[str]:
    """What Python says to people without gettext: `line: the words`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_messages = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "messages"
        place = LEVELS.get(name) if is_messages else SPEAKERS.get(name)
        said = [node.args[place]] if place is not None and len(node.args) > place else []
        said += [keyword.value for keyword in node.keywords if keyword.arg in SPOKEN_ARGUMENTS]
        found += [f"{part.lineno}: {words}" for part in said if (words := literal(part)) and has_words(words)]
    return found


def literal(node: ast.expr) -> str:
    """The words of a string that is written out, also with % or an f; "" for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return literal(node.left) + literal(node.right)
    return ""


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(ROOT / "declarations")))
def test_python_says_nothing_without_gettext(path: Path):
    assert bare_strings(path.read_text(encoding="utf-8")) == []


# The scanners themselves.
@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>{% translate 'Hello' %}</p>", []),
        ("<p>Hello</p>", ["Hello"]),
        ("{% blocktranslate trimmed with x=y %}\nHello {{ x }}\n{% endblocktranslate %} 12 \u00b7 {{ day }}", []),
        ("{% if x %}Hello{% endif %}", ["Hello"]),
        ('<img alt="Logo" src="x"><a href="/x" title="{% translate "There" %}">{{ x }}</a>', ["Logo"]),
        ("{# Hello #}{% comment %}Hello{% endcomment %}<!-- Hello --><style>p { color: red }</style>", []),
        ("SHA-256: {{ sum }} &nbsp;", []),
        ("{{ x|default:'Hello' }}", []),
    ],
)
def test_the_scanner_of_templates(template, found):
    assert bare_words(template) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("raise RefusedError(_('Hello'))", []),
        ("raise RefusedError('Hello')", ["1: Hello"]),
        ("raise RefusedError('Hello %s' % x)", ["1: Hello %s"]),
        ("messages.error(request, f'Hello {x}')", ["1: Hello "]),
        ("messages.error(request, _('Hello %s') % x)", []),
        ("logger.error(request, 'Hello')", []),
        ("forms.CharField(label='Name', help_text=_('As known'))", ["1: Name"]),
        ("form.add_error('address', 'Wrong')", ["1: Wrong"]),
        ("raise RefusedError(sentence)", []),
    ],
)
def test_the_scanner_of_python(source, found):
    assert bare_strings(source) == found
