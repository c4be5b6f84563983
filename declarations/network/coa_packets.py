"""Disconnect-Request packets, and the Disconnect-ACK or Disconnect-NAK that a controller answers (RFC 5176)."""

import hashlib
import hmac
import struct
from dataclasses import dataclass

DISCONNECT_REQUEST, DISCONNECT_ACK, DISCONNECT_NAK = 40, 41, 42
CALLING_STATION_ID, EVENT_TIMESTAMP, MESSAGE_AUTHENTICATOR, ERROR_CAUSE = 31, 55, 80, 101
# RFC 5176, 3.5: the controller has no such session, so the device is not connected.
SESSION_NOT_FOUND = 503
HEADER = struct.Struct(">BBH16s")
NOTHING = bytes(16)


@dataclass(frozen=True, slots=True)
class CoaAnswer:
    """A Disconnect-ACK or a Disconnect-NAK; `error_cause` is None if the controller gives none."""

    is_ack: bool
    error_cause: int | None


class InvalidAnswerError(ValueError):
    """The packet is no answer to this request, or its sender does not know the shared secret."""


class UnsignedAnswerError(InvalidAnswerError):
    """The packet is an answer to this request by its plain sum alone."""


def attribute(kind: int, value: bytes) -> bytes:
    return bytes([kind, len(value) + 2]) + value


def disconnect_request(*, identifier: int, secret: bytes, address: str, seconds: int) -> bytes:
    """A Disconnect-Request for a canonical address; `seconds` since 1970 (Event-Timestamp), against a replay by somebody else.

    The address is written as RFC 3580 says: AA-BB-CC-DD-EE-FF.
    """
    attributes = attribute(CALLING_STATION_ID, address.replace(":", "-").encode("ascii"))
    attributes += attribute(EVENT_TIMESTAMP, struct.pack(">I", seconds))
    length = HEADER.size + len(attributes) + 18
    # Both sums are over the packet with zeros in their places (RFC 5176, 3.3; RFC 2866, 3).
    unsigned = HEADER.pack(DISCONNECT_REQUEST, identifier, length, NOTHING) + attributes + attribute(MESSAGE_AUTHENTICATOR, NOTHING)
    signed = unsigned[:-16] + hmac.digest(secret, unsigned, "md5")
    authenticator = hashlib.md5(signed + secret, usedforsecurity=False).digest()
    return signed[:4] + authenticator + signed[20:]


def read_reply(packet: bytes, *, request: bytes, secret: bytes, must_be_signed: bool = True) -> CoaAnswer:
    """What a controller answered. Raises InvalidAnswerError unless it was made for this request with this secret.

    `must_be_signed`: by a Message-Authenticator (RFC 5176, 3.4 and RFC 3579, 3.2), because the sum that every answer has is plain
    MD5 over what others may choose, and was forged (CVE-2024-3596). Without one: UnsignedAnswerError.
    """
    if len(packet) < HEADER.size:
        raise InvalidAnswerError("shorter than a header")
    code, identifier, length, authenticator = HEADER.unpack_from(packet)
    if code not in {DISCONNECT_ACK, DISCONNECT_NAK} or identifier != request[1] or not HEADER.size <= length <= len(packet):
        raise InvalidAnswerError("another packet")
    packet = packet[:length]
    expected = hashlib.md5(packet[:4] + request[4:20] + packet[20:] + secret, usedforsecurity=False).digest()
    if not hmac.compare_digest(expected, authenticator):
        raise InvalidAnswerError("made with another secret")
    attributes = attributes_of(packet[20:])
    received = attributes.get(MESSAGE_AUTHENTICATOR)
    if received is not None:
        where, value = received
        rest = packet[20 : 20 + where] + NOTHING + packet[20 + where + 16 :]
        # RFC 5176 puts the authenticator of the request before the attributes, FreeRADIUS 3.2 zeros, as in a request. Either will do:
        # what is signed leaves nothing to choose, without which the plain sum, which has the authenticator, cannot be forged.
        if not any(
            hmac.compare_digest(hmac.digest(secret, packet[:4] + vector + rest, "md5"), value) for vector in (request[4:20], NOTHING)
        ):
            raise InvalidAnswerError("made with another secret")
    elif must_be_signed:
        raise UnsignedAnswerError("it carries no Message-Authenticator")
    cause = attributes.get(ERROR_CAUSE)
    return CoaAnswer(is_ack=code == DISCONNECT_ACK, error_cause=struct.unpack(">I", cause[1])[0] if cause and len(cause[1]) == 4 else None)


def attributes_of(data: bytes) -> dict[int, tuple[int, bytes]]:
    """kind → (where its value begins, value). Raises InvalidAnswerError for lengths that lead outside."""
    attributes: dict[int, tuple[int, bytes]] = {}
    at = 0
    while at < len(data):
        size = data[at + 1] if at + 1 < len(data) else 0
        if size < 2 or at + size > len(data) or (data[at] == MESSAGE_AUTHENTICATOR and size != 18):
            raise InvalidAnswerError("its attributes are broken")
        attributes[data[at]] = (at + 2, data[at + 2 : at + size])
        at += size
    return attributes
