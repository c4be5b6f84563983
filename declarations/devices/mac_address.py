"""Wi-Fi addresses (MAC, EUI-48): any notation in, one canonical form out."""

import re

PLAIN = re.compile(r"[0-9a-f]{12}", re.IGNORECASE)
# The notations that devices, controllers and people use; a mixture of separators is a typing mistake, and is refused.
NOTATIONS = (
    PLAIN,
    re.compile(r"[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}", re.IGNORECASE),
    re.compile(r"[0-9a-f]{2}(-[0-9a-f]{2}){5}", re.IGNORECASE),
    re.compile(r"[0-9a-f]{2}( [0-9a-f]{2}){5}", re.IGNORECASE),
    re.compile(r"[0-9a-f]{4}(\.[0-9a-f]{4}){2}", re.IGNORECASE),
    re.compile(r"[0-9a-f]{6}-[0-9a-f]{6}", re.IGNORECASE),
)
ALL_ZERO = "00:00:00:00:00:00"
BROADCAST = "FF:FF:FF:FF:FF:FF"


class InvalidAddressError(ValueError):
    """What was given is not the address of one device; `code` is `notation`, `zero`, `broadcast` or `multicast`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def canonical(text: str) -> str:
    """The address as `AA:BB:CC:DD:EE:FF`.

    Raises NotAnAddress for anything that is not 48 bits in a known notation, and for the addresses that no single device
    has: all zero, broadcast, and multicast (an odd second hex digit; IEEE 802, 8.2.2).
    """
    text = text.strip()
    if not any(notation.fullmatch(text) for notation in NOTATIONS):
        raise InvalidAddressError("notation")
    if PLAIN.fullmatch(text):
        digits = text
    elif ":" in text:
        # Some systems print 0:1b:… without the leading zeros.
        digits = "".join(part.zfill(2) for part in text.split(":"))
    else:
        digits = re.sub(r"[-. ]", "", text)
    digits = digits.upper()
    address = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
    if address == ALL_ZERO:
        raise InvalidAddressError("zero")
    if address == BROADCAST:
        raise InvalidAddressError("broadcast")
    if int(digits[1], 16) & 1:
        raise InvalidAddressError("multicast")
    return address


def is_private(address: str) -> bool:
    """Whether a canonical address is a private one: locally administered, so the second digit is 2, 6, A or E."""
    return address[1] in "26AE"
