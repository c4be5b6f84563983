"""The Merkle tree of RFC 6962, section 2.1 (RFC 9162, section 2.1): SHA-256, leaves and nodes apart by their first byte.

A school's log has thousands of leaves, not millions: every root is recomputed, and no inner node is stored.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(record: bytes) -> bytes:
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes: linear, and flat for any size."""
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        # A last one without a partner rises as it is: the largest power of two smaller than n goes left (RFC 6962).
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def inclusion_proof(position: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of a leaf, from its sibling up to the root's child (RFC 6962, 2.1.1)."""
    if not 0 <= position < len(leaves):
        raise ValueError(f"There is no leaf {position} in a tree of {len(leaves)}.")
    path = []
    level = list(leaves)
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
        position //= 2
    return path


def root_of_proof(*, leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a proof leads to (RFC 9162, 2.1.3.2). Raises ValueError if it has not the length that it must have."""
    if not 0 <= position < size:
        raise ValueError(f"There is no leaf {position} in a tree of {size}.")
    here, last, result = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("The proof is too long.")
        if here & 1 or here == last:
            result = node_hash(sibling, result)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        here >>= 1
        last >>= 1
    if last != 0:
        raise ValueError("The proof is too short.")
    return result


class Roots:
    """The roots of growing beginnings of a log, in one pass: full subtrees only, as many as the size has binary ones."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.size = 0
        self.subtrees: list[tuple[int, bytes]] = []

    def at(self, size: int) -> bytes:
        """The root of the first `size` leaves; sizes must not fall."""
        for leaf in self.leaves[self.size : size]:
            height, here = 0, leaf
            while self.subtrees and self.subtrees[-1][0] == height:
                here = node_hash(self.subtrees.pop()[1], here)
                height += 1
            self.subtrees.append((height, here))
        self.size = size
        if not self.subtrees:
            return EMPTY_ROOT
        result = self.subtrees[-1][1]
        for _height, left in reversed(self.subtrees[:-1]):
            result = node_hash(left, result)
        return result
