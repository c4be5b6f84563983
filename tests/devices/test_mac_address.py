"""Wi-Fi addresses: every notation that is about, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.devices.mac_address import InvalidAddressError, canonical, is_private

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

NOTATIONS = {
    "plain": "".join,
    "colons": ":".join,
    "colons, no leading zeros": lambda pairs: ":".join(pair.lstrip("0") or "0" for pair in pairs),
    "dashes": "-".join,
    "spaces": " ".join,
    "dots, in fours": lambda pairs: ".".join("".join(pairs[i : i + 2]) for i in (0, 2, 4)),
    "one dash": lambda pairs: f"{''.join(pairs[:3])}-{''.join(pairs[3:])}",
}


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("around", ["{}", " {} ", "\t{}\n", "\u00a0{}\u2003"])
def test_each_notation_in_any_case_means_the_same(notation, case, around):
    written = around.format(case(NOTATIONS[notation](["00", "1b", "63", "84", "45", "e6"])))
    assert canonical(written) == "00:1B:63:84:45:E6"


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "aabbcc",
        "aabbccddee",  # 11 digits and 13
        "aabbccddeef",
        "aabbccddeeff0",
        "aa:bb:cc:dd:ee",
        "aa:bb:cc:dd:ee:ff:00",  # EUI-64 begins so
        "02:00:00:ff:fe:00:00:01",
        "aa:bb:cc:dd:ee-ff",  # mixtures are typing mistakes
        "aa-bb:cc-dd:ee-ff",
        "aabb.ccdd:eeff",
        "aabb.ccdd-eeff",
        "aa bb:cc dd:ee ff",
        "aabbcc-dd-ee-ff",
        "aa:bb:cc-dd:ee:ff",
        "aabbcc:ddeeff",  # no system writes these
        "aabb-ccdd-eeff",
        "aabb:ccdd:eeff",
        "a-b-c-d-e-f",
        "aa::bb:cc:dd:ee",
        ":aa:bb:cc:dd:ee:ff",
        "aa:bb:cc:dd:ee:ff:",
        "aa:bb:cc:dd:ee:fff",
        "gg:bb:cc:dd:ee:ff",
        "0xaabbccddeeff",
        "aa:bb:cc:dd:ee:ff:SchoolWiFi",  # Called-Station-Id
        "192.0.2.7",
        "2001:db8::1",
        "aa bb cc dd ee\nff",
        "aa\u2010bb\u2010cc\u2010dd\u2010ee\u2010ff",  # typographic hyphens
        "\uff41a:bb:cc:dd:ee:ff",  # full-width a
        "\u0660\u0660:bb:cc:dd:ee:ff",  # digits of another script
        "aa:bb:cc:dd:ee:\x00f",
        "=aabbccddeeff",
        "aabbccddeeff" * 100_000,
    ],
)
def test_anything_else_is_refused_for_its_notation(written):
    with pytest.raises(InvalidAddressError) as refused:
        canonical(written)
    assert refused.value.code == "notation"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("00:00:00:00:00:00", "zero"),
        ("0:0:0:0:0:0", "zero"),
        ("000000000000", "zero"),
        ("ff-ff-ff-ff-ff-ff", "broadcast"),
        ("FFFF.FFFF.FFFF", "broadcast"),
        ("01:00:5e:00:00:fb", "multicast"),
        ("33:33:00:00:00:01", "multicast"),
        ("1:80:c2:0:0:0", "multicast"),
        ("0f0000-000001", "multicast"),
        ("ff:ff:ff:ff:ff:fe", "multicast"),
    ],
)
def test_addresses_that_no_single_device_has_are_refused(written, code):
    with pytest.raises(InvalidAddressError) as refused:
        canonical(written)
    assert refused.value.code == code


@pytest.mark.parametrize("digit", "0123456789ABCDEF")
def test_the_second_digit_tells_group_and_private(digit):
    written = f"4{digit}:00:00:00:00:01"
    if digit in "13579BDF":
        with pytest.raises(InvalidAddressError):
            canonical(written)
    else:
        assert is_private(canonical(written)) is (digit in "26AE")


single = st.binary(min_size=6, max_size=6).filter(lambda octets: not octets[0] & 1 and octets != bytes(6))


@given(single, st.sampled_from(sorted(NOTATIONS)), st.booleans())
def test_what_is_written_in_any_notation_is_read_back(octets, notation, upper):
    pairs = [f"{octet:02X}" if upper else f"{octet:02x}" for octet in octets]
    address = canonical(NOTATIONS[notation](pairs))
    assert address == ":".join(f"{octet:02X}" for octet in octets)
    assert canonical(address) == address
    assert is_private(address) is bool(octets[0] & 2)


@given(st.text(max_size=40) | st.text(alphabet="0123456789abcdefABCDEF:-. ", max_size=20))
def test_whatever_is_typed_is_an_address_or_refused(typed):
    try:
        address = canonical(typed)
    except InvalidAddressError as refused:
        assert refused.code in {"notation", "zero", "broadcast", "multicast"}  # noqa: PT017  # the other branch is as good
    else:
        assert len(address) == 17
        assert bytes.fromhex(address.replace(":", ""))[0] & 1 == 0
