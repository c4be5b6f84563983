"""Wi-Fi addresses (MAC, EUI-48): any way of writing one in, one canonical form out.

What devices, controllers and people write around the twelve digits is passed over: a label, a remark, any kind of dash or space. Nothing
is guessed: a letter O is not read as a zero, but the address that it may stand for is offered.
"""

import re
import unicodedata
from collections.abc import Iterator

from declarations.common.unprintable import INVISIBLE

LONGEST = 500
GROUP, END = r"(?:0[xX])?[0-9a-fA-F]{1,16}", r"(?![^\W_])"
BEGIN = r"(?<![^\W_])(?<!^=)"  # no letter or digit of any script; `=` at the beginning is a formula
# The separators that stand between groups of digits, with or without spaces around them; spaces alone come last.
SEPARATED = [re.compile(rf"{BEGIN}{GROUP}(?:[ \t]*{separator}[ \t]*{GROUP})+{END}") for separator in (":", "-", r"\.", "_")]
SPACED = re.compile(rf"{BEGIN}{GROUP}(?:[ \t]+{GROUP})*{END}")
# What stands directly before or behind makes it part of something else: `3C-22-FB-0A-1B-2C:School` names a network.
GOES_ON, BEGAN_BEFORE = re.compile(r"[:.\-_/][^\W_]"), re.compile(r"(?:::|(?<![^\W_])[0-9a-fA-F]+[:.\-_/])$")
DIGITS_AND_SEPARATORS = re.compile(rf"{BEGIN}[0-9a-fA-F][0-9a-fA-F \t:.\-_/]*{END}")
SHAPES = {(12,), (6, 6), (4, 4, 4), (3, 3, 3, 3), (2,) * 6, (1,) * 12}  # how many digits each group has
DASHES, COLONS = re.compile("[\u2010-\u2015\u2212\u2043\ufe58]"), re.compile("[\u02d0\u02f8\u2236\ua789]")
ESCAPED = {"%3a": ":", "%2d": "-", "%2e": ".", "%20": " ", "%c2%a0": " "}
# Six pairs and nothing else, with whatever a keyboard had for a separator.
ONLY_PAIRS = re.compile(r"[^\w=]*([0-9a-fA-F]{2})(\W{1,3})([0-9a-fA-F]{2}(?:\2[0-9a-fA-F]{2}){4})\W*")
LOOKALIKES = str.maketrans("OoQlI|ОоАВСЕасе", "00011100ABCEace")  # the last nine are Cyrillic
ALL_ZERO = "00:00:00:00:00:00"
BROADCAST = "FF:FF:FF:FF:FF:FF"


class InvalidAddressError(ValueError):
    """What was written is not the address of one device.

    `code` is `notation`, `length`, `eui_64`, `two`, `lookalike`, `zero`, `broadcast` or `multicast`; `words` are what the sentence about it
    names: how many digits there are, or the address that is offered.
    """

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words


def canonical(text: str) -> str:
    """The one address in a text as `AA:BB:CC:DD:EE:FF`.

    Raises InvalidAddressError if there is none or another one, and for the addresses that no single device has: all zero, broadcast, and
    multicast (an odd second hex digit; IEEE 802, 8.2.2).
    """
    if len(text) > LONGEST:
        raise InvalidAddressError("notation")
    text = plain(text)
    addresses = set(addresses_in(text))
    if not addresses and (pairs := ONLY_PAIRS.fullmatch(text)):
        addresses = set(addresses_of([pairs[1], *pairs[3].split(pairs[2])]))
    if not addresses:
        raise why_not(text)
    # `ip link` writes the broadcast address behind a device's own.
    addresses = addresses - {ALL_ZERO, BROADCAST} or addresses
    if len(addresses) > 1:
        raise InvalidAddressError("two")
    (address,) = addresses
    if address in {ALL_ZERO, BROADCAST}:
        raise InvalidAddressError("zero" if address == ALL_ZERO else "broadcast")
    if int(address[1], 16) & 1:
        raise InvalidAddressError("multicast")
    return address


def plain(text: str) -> str:
    """The text in plain characters: full-width ones, typographic dashes, spaces and colons, `%3A` and invisible ones are gone."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = COLONS.sub(":", DASHES.sub("-", text))
    for escaped, character in ESCAPED.items():
        text = re.sub(escaped, character, text, flags=re.IGNORECASE)
    return "".join(" " if character.isspace() and character not in "\r\n" else character for character in text).strip()


def addresses_in(text: str) -> Iterator[str]:
    """Every address in a plain text, in the canonical form."""
    for pattern in (*SEPARATED, SPACED):
        for match in pattern.finditer(text):
            if not GOES_ON.match(text, match.end()) and not BEGAN_BEFORE.search(text, 0, match.start()):
                yield from addresses_of(
                    [group.removeprefix("0x").removeprefix("0X") for group in re.findall(r"\w+", match[0].replace("_", " "))]
                )
        # What has been looked at once is not taken for other groups between other separators.
        text = pattern.sub("\n", text)


def addresses_of(groups: list[str]) -> Iterator[str]:
    """The addresses that groups of hex digits make; words such as `Add` or `faded` at their ends are a label or a remark."""
    while groups and is_word(groups[0]) and not is_shape(groups):
        groups = groups[1:]
    while groups and is_word(groups[-1]) and not is_shape(groups):
        groups = groups[:-1]
    several = {12: 1, 2: 6}.get(len(groups[0]), 0) if groups and len({len(group) for group in groups}) == 1 else 0
    if several and len(groups) % several == 0:
        parts = [groups[place : place + several] for place in range(0, len(groups), several)]
    else:
        parts = [groups] if is_shape(groups) else []
    for part in parts:
        digits = "".join(group.zfill(2) if len(part) == 6 else group for group in part).upper()
        yield ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def is_word(group: str) -> bool:
    return len(group) > 2 and group.isalpha()


def is_shape(groups: list[str]) -> bool:
    """Whether the groups make twelve digits; six may lack their leading zeros, all of them: `0:1b:63:84:45:e6`."""
    if tuple(map(len, groups)) in SHAPES:
        return True
    return len(groups) == 6 and max(map(len, groups)) <= 2 and not any(len(group) == 2 and group[0] == "0" for group in groups)


def why_not(text: str) -> InvalidAddressError:
    """Why no address is in a plain text, as far as it can be told."""
    meant = "".join(str(unicodedata.decimal(character, character)) for character in text).translate(LOOKALIKES)
    if meant != text and len(offered := set(addresses_in(meant))) == 1:
        return InvalidAddressError("lookalike", offered.pop())
    numbers = [re.sub(r"[^0-9a-fA-F]", "", match[0]) for match in DIGITS_AND_SEPARATORS.finditer(text)]
    count = max(map(len, numbers), default=0)
    if count == 16:
        return InvalidAddressError("eui_64")
    return InvalidAddressError("length", str(count)) if count in {11, 13, 14} else InvalidAddressError("notation")


def is_private(address: str) -> bool:
    """Whether a canonical address is a private one: locally administered, so the second digit is 2, 6, A or E."""
    return address[1] in "26AE"
