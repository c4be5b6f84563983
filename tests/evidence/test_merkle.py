"""The tree of RFC 6962: the public reference vectors, and a recursion that follows the text of its section 2.1."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.evidence.merkle import inclusion_proof, leaf_hash, root, root_of_proof
from tests.evidence.making import load_verifier

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

verifier = load_verifier()

# Of the test vectors that implementations of Certificate Transparency share.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PROOFS = [  # position, size, path
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
HASHES = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def test_the_empty_root() -> None:
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_roots(size: int) -> None:
    assert root(HASHES[:size]).hex() == ROOTS[size - 1]
    assert naive_root(HASHES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("position", "size", "path"), PROOFS)
def test_reference_proofs(position: int, size: int, path: list[str]) -> None:
    proof = inclusion_proof(position, HASHES[:size])
    assert [one.hex() for one in proof] == path
    assert root_of_proof(leaf=HASHES[position], position=position, size=size, path=proof).hex() == ROOTS[size - 1]
    assert verifier.root_of_path(HASHES[position], position, size, proof).hex() == ROOTS[size - 1]


def test_every_size_and_position_up_to_70() -> None:
    leaves = [leaf_hash(bytes([one])) for one in range(70)]
    for size in range(1, 71):
        some = leaves[:size]
        whole = naive_root(some)
        assert root(some) == whole
        for position in range(size):
            path = naive_path(position, some)
            assert inclusion_proof(position, some) == path
            assert root_of_proof(leaf=some[position], position=position, size=size, path=path) == whole
            assert verifier.root_of_path(some[position], position, size, path) == whole


@settings(max_examples=50, deadline=None, database=None)
@given(st.integers(1, 600), st.data())
def test_any_size(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(one.to_bytes(4, "big")) for one in range(size)]
    position = data.draw(st.integers(0, size - 1))
    assert root(leaves) == naive_root(leaves)
    assert inclusion_proof(position, leaves) == naive_path(position, leaves)


@settings(max_examples=200, deadline=None, database=None)
@given(st.integers(1, 200), st.data())
def test_both_readers_refuse_the_same_proofs(size: int, data: st.DataObject) -> None:
    """A proof read as one of another position or size, cut, or with a hash too many: the same root from both, or none from either."""
    leaves = [leaf_hash(one.to_bytes(4, "big")) for one in range(size)]
    path = inclusion_proof(data.draw(st.integers(0, size - 1)), leaves)
    position, claimed = data.draw(st.integers(-1, 210)), data.draw(st.integers(-1, 210))
    path = data.draw(st.sampled_from([path, path[1:], path[:-1], [*path, leaves[0]]]))
    try:
        here: bytes | None = root_of_proof(leaf=leaves[0], position=position, size=claimed, path=path)
    except ValueError:
        here = None
    try:
        there = verifier.root_of_path(leaves[0], position, claimed, path)
    except verifier.Tampered:
        there = None
    assert here == there


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_such_leaf(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(position, HASHES[:size])
    with pytest.raises(ValueError, match="no leaf"):
        root_of_proof(leaf=HASHES[0], position=position, size=size, path=[])
