"""References of declarations: 80 random bits in Crockford's base 32, so that they can be read out over a telephone."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 10
# What people type for the digits that the alphabet leaves out letters for.
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
FORM = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")


def from_random(random: bytes) -> str:
    """A reference such as `7Q2M-K0TX-9D4V-HW6B`, of ten random bytes that the caller draws."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"A reference takes {RANDOM_BYTES} random bytes, not {len(random)}.")
    number = int.from_bytes(random, "big")
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def canonical(typed: str) -> str | None:
    """The reference that somebody meant, forgiving case, spaces, dashes and look-alikes; None if it cannot be one."""
    if len(typed) > 64:
        return None
    letters = re.sub(r"[\s\-\u2010-\u2015]", "", typed)
    if not letters.isascii():
        return None  # some letters of other scripts have capitals, or two, in ours
    letters = letters.upper().translate(LOOKALIKES)
    reference = "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))
    return reference if FORM.fullmatch(reference) else None
