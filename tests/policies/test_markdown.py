"""Schools' own Markdown: whatever they load, no word is lost, nothing runs, nothing is fetched, nothing hangs."""

import hashlib
import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.common.errors import UnreadableFileError
from declarations.policies.text import placeholders, sections
from declarations.policies.text.clauses import CLAUSE_KEY
from declarations.policies.text.sections import Section
from tests.policies.clauses import clauses

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

# A slow machine is no fault of the text.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "strong", "em", "s", "code", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# Pieces that mean something to Markdown or to HTML, put together at random below.
PIECES = st.sampled_from(
    [
        *("\n", "\n\n", "\n\n\n", "  ", "    ", "\t", "# ", "## ", "### ", "###### ", "\n===\n", "\n---\n", "- ", "1. ", "> "),
        *("*", "**", "__", "`", "```\n", "~~~\n", "~~", "[", "](", ")", "![", "<", ">", "&", "&lt;", "&#106;", "\\", "|", "|-|-|\n"),
        *("**M3** ", "**M3**", "**[a@x.example](mailto:a@x.example)**", "{#key}", "{school}", '"', "'", "--", "---", "..."),
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<p style='color:red' onclick=x>", "javascript:alert(1)"),
        *("[x](javascript:alert(1))", "![pic](https://x.example/p.png)", "[ref]: https://x.example/ 'T'\n", "[ref]", "<http://x.example>"),
        *("word", "Title", "über", "规则", "e\u0301", "\u00a0", "☂", "data:text/html,x", "(c)"),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200))


def clean(text: str) -> str:
    """The text as it would be stored, or no test case."""
    try:
        return placeholders.checked("text\n\n" + text)
    except UnreadableFileError:
        return "text"


def letters(text: str) -> Counter[str]:
    """Letters and digits, counted: two texts with the same words have the same."""
    return Counter(character for character in text if character.isalnum())


class Page(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.tags if "id" in attributes]


# Reading files


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello", "Hello"),
        ("\ufeffHello".encode(), "Hello"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"a\tb", "a\tb"),
        ("cafe\u0301".encode(), "caf\u00e9"),
        ("“Quoted” – and long —".encode(), "“Quoted” – and long —"),
        ("规则".encode(), "规则"),
    ],
)
def test_a_readable_file_is_read(data: bytes, text: str) -> None:
    assert placeholders.read_text(data) == text


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "empty", "There is no text in it."),
        (b" \n\t\n", "empty", "There is no text in it."),
        ("\ufeff".encode(), "empty", "There is no text in it."),
        (b"---\n\n***\n", "empty", "There is no text in it."),
        (b"a" * 1233 + b"\xe9", "not_utf8", "byte 1,234 does not belong there. Save it as UTF-8"),
        ("Größe".encode("cp1252"), "not_utf8", "byte 3 "),
        ("Rules".encode("utf-16"), "not_utf8", "byte 1 "),
        ("Rules".encode("utf-16-le"), "control", "Line 1 holds a control character (U+0000)"),
        (b"one\ntwo\x00", "control", "Line 2 holds a control character (U+0000)"),
        (b"a\x1b[31m", "control", "U+001B"),
        (b"a\x0cb", "control", "U+000C"),
        ("a\x85b".encode(), "control", "U+0085"),
        ("pay \u202eyap".encode(), "control", "U+202E"),
        (b"PK\x03\x04\x14\x00", "not_text", "This is a Word document or other packed file, not a text file."),
        (b"%PDF-1.7\n", "not_text", "This is a PDF, not a text file."),
        (b"{\\rtf1 hello}", "not_text", "rich text document"),
        (b"a\n" * (5 * 1024 * 1024 // 2), "too_big", "5,242,880 bytes, and at most 1,048,576"),
        (b"> " * 10_000 + b"x", "too_deep", "near line 1: at most 10 levels"),
        (b"x\n\n" + b"- " * 30 + b"x", "too_deep", "near line 3"),
        (b"word " * 200_000, "too_long", "The paragraph at line 1 is too long"),
        (b"text\n\n" + b"[" * 9_999, "too_many_marks", "Near line 3"),
        (b"text\n\n" + b"- a\n" * 200_000, "too_many_blocks", "table cells (near line 50,000)"),
        (b"a|b" + b"|c" * 400 + b"\n" + b"-|" * 401 + b"-\n" + b"x|\n" * 300, "too_many_blocks", "table cells (near line 166)"),
        (b"text\n\n" + b"a|" * 40_000 + b"b\n" + b"-|" * 40_000 + b"-\n", "too_many_blocks", "table cells (near line 3)"),
    ],
)
def test_an_unreadable_file_gets_one_clear_sentence(data: bytes, code: str, says: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        placeholders.read_text(data)
    assert caught.value.code == code
    assert says in str(caught.value)
    assert str(caught.value) == caught.value.message % caught.value.params
    assert len(str(caught.value)) < 250


def test_a_file_of_exactly_the_limit_is_read() -> None:
    data = (b"word " * 20 + b"\n\n") * (placeholders.MAX_BYTES // 102)
    data += b"x" * (placeholders.MAX_BYTES - len(data))
    assert placeholders.read_text(data).encode() == data
    with pytest.raises(UnreadableFileError, match="too big"):
        placeholders.read_text(data + b"x")


@pytest.mark.parametrize("typed", ["a\ud800b", "a\x00b", "", " ", "☂" * 1_048_577])
def test_what_is_typed_into_a_form_is_held_to_the_same_rules(typed: str) -> None:
    with pytest.raises(UnreadableFileError):
        placeholders.checked(typed)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        text = placeholders.read_text(data)
    except UnreadableFileError:
        return
    assert placeholders.read_text(text.encode()) == text
    assert unicodedata.is_normalized("NFC", text)


# Sections


def keys_and_titles(source: str) -> list[tuple[str, str]]:
    return [(section.key, section.title) for section in sections.sections(source)]


@pytest.mark.parametrize(
    ("source", "title", "expected"),
    [
        ("Just text.", None, [("introduction", "Introduction")]),
        ("# Only a title", "Only a title", [("introduction", "Only a title")]),
        ("# Title\n\nText.", "Title", [("introduction", "Title")]),
        ("# Title\n\n## One\n\na\n\n## Two\n\nb", "Title", [("one", "One"), ("two", "Two")]),
        ("# Title\n\nHello.\n\n## One\n\na", "Title", [("introduction", "Introduction"), ("one", "One")]),
        ("Hello.\n\n# Title\n\n## One", "Title", [("introduction", "Introduction"), ("one", "One")]),
        ("# One\n\na\n\n# Two\n\nb", None, [("one", "One"), ("two", "Two")]),
        ("## One\n\n# Late\n\nb", None, [("introduction", "Introduction"), ("late", "Late")]),
        ("### One\n\n#### in it\n\n### Two", None, [("one", "One"), ("two", "Two")]),
        ("# T\n\n### Deep\n\n## Less deep", "T", [("introduction", "Introduction"), ("less-deep", "Less deep")]),
        ("Title\n=====\n\nOne\n---\n\na\n\nTwo\n---\n", "Title", [("one", "One"), ("two", "Two")]),
        ("# Title #\n\n## One ##\n", "Title", [("one", "One")]),
        ("# T\n\n## Phones {#mobile}\n\n## Phones {#Mobile-2}", "T", [("mobile", "Phones"), ("mobile-2", "Phones")]),
        ("# T {#t}\n\nOne {#first}\n---", "T", [("first", "One")]),
        ("## Same\n\n## Same\n\n## Same", None, [("same", "Same"), ("same-2", "Same"), ("same-3", "Same")]),
        ("## A\n\n## A\n\n## Z {#a-2}", None, [("a", "A"), ("a-3", "A"), ("a-2", "Z")]),
        ("## *Big* `code` [link](https://x.example/)", None, [("big-code-link-https-x-example", "Big code link (https://x.example/)")]),
        ("## Don't “quote” -- ever", None, [("dont-quote-ever", "Don’t “quote” – ever")]),
        ("## Über Räume\n\n## Ærø", None, [("uber-raume", "Über Räume"), ("r", "Ærø")]),
        ("## 规则\n\n## 電話\n\n## !!!", None, [("section-f2a1d1c2", "规则"), ("section-0", "電話"), ("section-0", "!!!")]),
        ("```\n# not\n```\n\n> # nor\n\n- # nor\n\n    # nor", None, [("introduction", "Introduction")]),
        ("~~~\n## open to the end", None, [("introduction", "Introduction")]),
        ("#\n\n## \n\n## Real", None, [("real", "Real")]),
        ("#not\n\n## Real", None, [("introduction", "Introduction"), ("real", "Real")]),
        ("\\# not\n\n## Real", None, [("introduction", "Introduction"), ("real", "Real")]),
        ("# T\r\n\r\n## One\r\n\r\na\r\n", "T", [("one", "One")]),
        ("## " + "long " * 50, None, [("-".join(["long"] * 12), " ".join(["long"] * 50))]),
    ],
)
def test_headings_become_sections(source: str, title: str | None, expected: list[tuple[str, str]]) -> None:
    split = keys_and_titles(source)
    assert sections.title_of(source) == title
    assert [name for _, name in split] == [name for _, name in expected]
    for (key, _), (wanted, _) in zip(split, expected, strict=True):
        assert re.fullmatch(r"section-[0-9a-f]{8}", key) if wanted.startswith("section-") else key == wanted


def test_the_body_of_a_section_is_its_markdown_without_the_heading() -> None:
    source = "# T\n\n## One {#x}\n\n    code\n\n### Inner\n\n- a\n\n## Two\n\nb\n"
    assert sections.sections(source) == [
        Section("x", "One", "    code\n\n### Inner\n\n- a"),
        Section("two", "Two", "b"),
    ]


def test_a_link_defined_in_another_section_still_works() -> None:
    first, second, third = sections.sections("## A\n\nSee [the  Guide].\n\n## B\n\nb\n\n[THE guide]: https://x.example/g\n\n## C\n\nc")
    assert 'href="https://x.example/g"' in sections.html(first.body)
    assert sections.plain(second.body) == "b"
    assert third.body == "c"


@given(TEXTS)
def test_no_word_is_lost_in_sections(text: str) -> None:
    source = clean(text)
    parts = sections.sections(source)
    title = sections.title_of(source)
    kept = Counter[str]()
    for part in parts:
        if not sections.sections(source)[0].key == part.key == "introduction":  # whose title is not in the text
            kept += letters(part.title)
        kept += letters(sections.plain(part.body))
    kept += letters(title or "")
    assert kept == letters(sections.plain(source))
    assert len({part.key for part in parts}) == len(parts) >= 1
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,66}", part.key) for part in parts)


# Clauses


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- **M3** No *adult* here", {"M3": "No adult here"}),
        ("- **M3.** Text\n- __P12:__ More", {"M3": "Text", "P12": "More"}),
        ("1. **A1** One\n2. **A2** Two", {"A1": "One", "A2": "Two"}),
        ("**M0** Text\nover lines\n\nNot in it.", {"M0": "Text over lines"}),
        ("**A3** Never:\n\n- share\n- lend\n\nElsewhere.", {"A3": "Never:\n\n- share\n\n- lend"}),
        ("- **A3** Never:\n  - share\n  - **A4** lend\n- other", {"A3": "Never:\n\n- share", "A4": "lend"}),
        ("- **M9** Ask **[a@x.example](mailto:a@x.example)**", {"M9": "Ask a@x.example"}),
        ("- **M9** See [this](https://x.example/)", {"M9": "See this (https://x.example/)"}),
        ("- M3 plain\n- **m3** small\n- **ABCDE1** long\n- **M1234** long\n- **M3 No** more\n- a **M3**", {}),
        ("> **M3** quoted\n>\n> - **M4** quoted", {}),
        ("```\n- **M3** code\n```", {}),
        ("- **M3** one\n\n## S\n\n- **M3** again", {"M3": "one\n\nagain"}),
        ("-\n- **M3** after an empty item", {"M3": "after an empty item"}),
    ],
)
def test_clauses_are_found_by_their_key(source: str, expected: dict[str, str]) -> None:
    keys = clauses(source)
    assert {key: text for key, text in keys.items() if CLAUSE_KEY.fullmatch(key)} == expected


# HTML


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code></p>\n"),
        (
            "**[name@x.example](mailto:name@x.example)**",
            '<p><strong><a href="mailto:name@x.example" rel="noopener noreferrer">name@x.example</a></strong></p>\n',
        ),
        ("<tel:+441632960001>", '<p><a href="tel:+441632960001" rel="noopener noreferrer">tel:+441632960001</a></p>\n'),
        ("\"a\" 'b' don't -- c 1990--2000 d---e ...", "<p>“a” ‘b’ don’t – c 1990–2000 d—e …</p>\n"),
        ("‘a’ “b” – c", "<p>‘a’ “b” – c</p>\n"),
        ("(c) the third, (r) and (tm) +- `--` a ---- b", "<p>(c) the third, (r) and (tm) +- <code>--</code> a ---- b</p>\n"),
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"),
        ("<!-- hidden -->", "<p>&lt;!-- hidden --&gt;</p>\n"),
        ("![A *plan*](https://x.example/p.png 'T')", "<p>A plan</p>\n"),
        ("[![logo](p.png)](https://x.example/)", '<p><a href="https://x.example/" rel="noopener noreferrer">logo</a></p>\n'),
        ("[here](#there) [up](/x) [f](ftp://x.example)", "<p>here up f</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](JaVaScRiPt&colon;alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>\n"),
        ("- **M3** a\n- b", '<ul>\n<li id="clause-M3"><strong>M3</strong> a</li>\n<li>b</li>\n</ul>\n'),
        ("**A1** a", '<p id="clause-A1"><strong>A1</strong> a</p>\n'),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("```python\nx < y\n```", "<pre><code>x &lt; y\n</code></pre>\n"),
        (
            "a|b\n-|-:\n1|2",
            (
                '<table class="table">\n<thead>\n<tr>\n<th scope="col">a</th>\n<th class="text-end" scope="col">b</th>\n</tr>\n'
                '</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td class="text-end">2</td>\n</tr>\n</tbody>\n</table>\n'
            ),
        ),
        ("##\n\n### ![](x)\n\na", "<p>a</p>\n"),
    ],
)
def test_html(source: str, expected: str) -> None:
    assert sections.html(source) == expected


@pytest.mark.parametrize(
    ("source", "base", "expected"),
    [
        ("### a\n\n#### b", 2, ["h3", "h4"]),
        ("# a\n\n## b", 2, ["h3", "h4"]),
        ("##### a", 2, ["h3"]),
        ("## a\n\n##### b\n\n#### c\n\n## d", 2, ["h3", "h4", "h4", "h3"]),
        ("#### a\n\n## b", 2, ["h3", "h3"]),
        ("# a\n\n## b\n\n### c\n\n#### d", 4, ["h5", "h6", "h6", "h6"]),
        ("# a", 1, ["h2"]),
    ],
)
def test_headings_begin_below_the_one_around_them_and_skip_no_level(source: str, base: int, expected: list[str]) -> None:
    assert [tag for tag, _ in Page(sections.html(source, heading_base=base)).tags if tag[0] == "h"] == expected


def test_a_key_in_a_heading_is_not_shown() -> None:
    assert sections.html("### Inner {#inner}\n\na") == "<h3>Inner</h3>\n<p>a</p>\n"


def test_ids_are_unique_even_where_a_key_is_used_twice() -> None:
    page = Page(sections.html("- **M3** a\n- **M3** b\n\n**M3** c"))
    assert page.ids() == ["clause-M3", "clause-M3-2", "clause-M3-3"]


@given(TEXTS)
def test_html_is_safe_whatever_the_text(text: str) -> None:
    page = Page(sections.html(clean(text)))
    assert {tag for tag, _ in page.tags} <= TAGS
    for tag, attributes in page.tags:
        assert set(attributes) <= {"a": {"href", "title", "rel"}, "ol": {"start"}, "li": {"id"}, "p": {"id"},
                                   "table": {"class"}, "th": {"class", "scope"}, "td": {"class"}}.get(tag, set())  # fmt: skip
        if tag == "a":
            assert re.match(r"(?:https?://|mailto:|tel:)", str(attributes["href"]), re.IGNORECASE)
            assert attributes["rel"] == "noopener noreferrer"
        assert str(attributes.get("class", "table")) in {"table", "text-center", "text-end"}
    assert all(re.fullmatch(r"clause-[A-Z]{1,4}\d{1,3}(-\d+)?", name) for name in page.ids())
    assert len(set(page.ids())) == len(page.ids())


@given(TEXTS)
def test_html_says_the_same_as_the_plain_text(text: str) -> None:
    source = clean(text)
    shown = letters(Page(sections.html(source)).text)
    assert letters(sections.plain(source)) >= shown  # plain text also spells out addresses and list numbers


@given(TEXTS)
def test_a_clean_text_stays_as_it_is_and_keeps_its_fingerprint(text: str) -> None:
    source = clean(text)
    assert placeholders.checked(source) == source
    assert placeholders.sha256_of(source) == placeholders.sha256_of(source.replace("\n", "\r\n"))


def test_plain_text() -> None:
    source = "# T\n\na *b*\nc\\\nd\n\n1. x\n2. y\n   - z\n\nh|i\n-|-\nj|k\n\n> q\n\n```\ncode\n```\n\n[s](https://x.example/)"
    assert sections.plain(source).split("\n\n") == [
        *("T", "a b c\nd", "1. x", "2. y", "- z", "h | i", "j | k", "q", "code", "s (https://x.example/)"),
    ]


def test_the_fingerprint_is_that_of_the_canonical_text() -> None:
    assert placeholders.sha256_of("cafe\u0301\r\n") == hashlib.sha256(b"caf\xc3\xa9\n").hexdigest()
    assert placeholders.sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# Limits: what is accepted is also shown; what would take too long is refused. No clock here: a hang is a failure.


@pytest.mark.parametrize(
    "hostile",
    [
        *(">" * 10_000, "> " * 19 + "x", "- " * 9 + "x", "[" * 1_000, "![" * 300 + "](x)" * 100, "[a](" * 250, "`" * 1_000),
        *("*a **a _a " * 100, "\"a 'b " * 240, "<a " * 300, "&" * 1_000, "a--" * 3_000, ("[" * 900 + "\n\n") * 60),
        *("# a" + " " * 9_000 + "x", "{#" * 4_000, "# " + "{#a} " * 1_900, "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "x\n" * 200),
        *("[a]: /x\n" * 5_000, "[\n" * 3_000, '[a]: b "\n' + "x\n" * 4_000, "a\n" * 4_000 + "===", "# a\n\n" * 9_000),
        *(" " * 1_000_000 + "x", "\t" * 1_000_000 + "x", "```\n" * 9_999, "~" * 100_000, "\\" * 1_000, "~~a " * 250),
    ],
)
def test_hostile_text_is_refused_or_handled(hostile: str) -> None:
    try:
        source = placeholders.checked("text\n\n" + hostile)
    except UnreadableFileError:
        return
    assert sections.sections(source)
    assert clauses(source)
    assert sections.plain(source).startswith("text")
    assert sections.html(source).startswith("<p>text</p>")


def test_the_deepest_text_that_is_accepted_is_shown_whole() -> None:
    accepted = [depth for depth in range(1, 15) if "inmost" in Page(sections.html(readable("- " * depth + "inmost"))).text]
    assert accepted == list(range(1, 11))


def readable(source: str) -> str:
    try:
        return placeholders.checked(source)
    except UnreadableFileError:
        return ""


# Filling in


@pytest.mark.parametrize(
    ("source", "word", "shown"),
    [
        ("At {school}.", "Hillside School", "<p>At Hillside School.</p>"),
        ("At {school}.", "St. *Mary* [x](y) <b> & `co`", "<p>At St. *Mary* [x](y) &lt;b&gt; &amp; `co`.</p>"),
        ("At {school}.", "_under_ a_b __c", "<p>At _under_ a_b __c.</p>"),
        ("At {school}.", "O’Brien's", "<p>At O’Brien’s.</p>"),
        ("At {school}.", "a\\*b", "<p>At a\\*b.</p>"),
        ("At {school}.", "{DSL}", "<p>At {DSL}.</p>"),
        ("At {school}.", "Hall,\n\n  Room 2\r\nLobby", "<p>At Hall, Room 2, Lobby.</p>"),
        ("At {school}.", "a--b@x.example", "<p>At a--b@x.example.</p>"),
        ("{school}", "# Big", "<p># Big</p>"),
        ("{school}", "1. One", "<p>1. One</p>"),
        ("{school}", "1) One", "<p>1) One</p>"),
        ("{school}", "2026", "<p>2026</p>"),
        ("{school}", "- item", "<p>- item</p>"),
        ("{school}", "---", "<p>---</p>"),
        ("{school}", "> said", "<p>&gt; said</p>"),
        ("{school}", "    code", "<p>code</p>"),
        ("Name\n{school}", "===", "<p>Name\n===</p>"),
        ("**{school}** is", "Hill", "<p><strong>Hill</strong> is</p>"),
        ("**{school}** is", "Hill (VA)", "<p><strong>Hill (VA)</strong> is</p>"),
        (
            "[{school}](mailto:{school})",
            "a_b.c-d+e@x.example",
            '<p><a href="mailto:a_b.c-d+e@x.example" rel="noopener noreferrer">a_b.c-d+e@x.example</a></p>',
        ),
        ("<{school}>", "a_b@x.example", '<p><a href="mailto:a_b@x.example" rel="noopener noreferrer">a_b@x.example</a></p>'),
        ("[x](mailto:{school})", "a) [y](https://evil.example", "<p>[x](mailto:a) [y](https://evil.example)</p>"),
        ("At {other} {School} {} { school } {sch ool}.", "x", "<p>At {other} {School} {} { school } {sch ool}.</p>"),
        ("At {school}.", "  ", "<p>At {school}.</p>"),
        ("At \\{school}.", "Hillside", "<p>At {school}.</p>"),
    ],
)
def test_words_are_filled_in_and_stay_words(source: str, word: str, shown: str) -> None:
    assert sections.html(placeholders.substitute(source, {"school": word})).strip() == shown


@given(
    st.text(min_size=1, max_size=60),
    st.sampled_from(["At {school} now", "{school}", "- {school}\n- b", "a | {school}\n-|-\nc | d", "> {school}"]),
)
def test_no_word_changes_the_structure(word: str, template: str) -> None:
    tags = [tag for tag, _ in Page(sections.html(placeholders.substitute(template, {"school": word}))).tags]
    assert tags == [tag for tag, _ in Page(sections.html(template)).tags]


@given(st.text(max_size=60))
def test_filling_in_twice_changes_nothing_more(word: str) -> None:
    once = placeholders.substitute("{school} and {DSL}", {"school": word})
    assert placeholders.substitute(once, {"school": word}) == once or not word.strip()


def test_sentences_that_are_no_markdown_are_filled_in_as_they_are() -> None:
    assert placeholders.substitute_plain("Ask {DSL}.", {"DSL": "a_b (c)\n*d*"}) == "Ask a_b (c), *d*."
    assert placeholders.substitute_plain("Ask {DSL}.", {"DSL": ""}) == "Ask {DSL}."


def test_what_is_filled_in_is_in_canonical_form() -> None:
    assert placeholders.substitute("{school}", {"school": "Cafe\u0301"}) == "Caf\u00e9"


def test_placeholders_are_found() -> None:
    assert placeholders.placeholders("{school} \\{SLT} {DSL_contact} {#key} {x y} {Unknown}") == {"school", "DSL_contact", "Unknown"}
