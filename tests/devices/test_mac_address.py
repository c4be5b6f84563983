"""Wi-Fi addresses: every notation that is about, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.devices.forms.addresses import NOT_ADDRESSES
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


ONE = "3C:22:FB:0A:1B:2C"


@pytest.mark.parametrize(
    "written",
    [
        # Controllers: 3Com, H3C and Comware, Cisco, Aruba, Calling-Station-Id in its many forms.
        "3c22-fb0a-1b2c", "3C22:FB0A:1B2C", "3c22.fb0a.1b2c", "3c2.2fb.0a1.b2c", "3c22fb.0a1b2c", "3C22FB-0A1B2C", "3c_22_fb_0a_1b_2c",
        # Systems: ipconfig, ip, ifconfig, Android, iOS and macOS with their labels and remarks.
        "   Physical Address. . . . . . . . . : 3C-22-FB-0A-1B-2C", "    link/ether 3c:22:fb:0a:1b:2c brd ff:ff:ff:ff:ff:ff",
        "\tether 3c:22:fb:0a:1b:2c txqueuelen 1000  (Ethernet)", "Wi-Fi address: 3C:22:FB:0A:1B:2C", "MAC 3C-22-FB-0A-1B-2C",
        "MAC:3C:22:FB:0A:1B:2C", "MAC=3c22fb0a1b2c", "Wi-Fi: en0 (3c:22:fb:0a:1b:2c)", "wlan0 HWaddr 3C:22:FB:0A:1B:2C",
        "3C:22:FB:0A:1B:2C (randomised)", "3C:22:FB:0A:1B:2C (private)", "3C:22:FB:0A:1B:2C – private address", "3c:22:fb:a:1b:2c",
        "Physical address (MAC):\t3C-22-FB-0A-1B-2C", "my iPhone’s is 3C:22:FB:0A:1B:2C, thank you", "Add: 3C:22:FB:0A:1B:2C added",
        "be 3C:22:FB:0A:1B:2C", "fe80::3e22:fbff:fe0a:1b2c 3c:22:fb:0a:1b:2c",
        # Whatever hands and programs do to it.
        "3C:22:FB:0A:1B:2C.", "3C:22:FB:0A:1B:2C,", "3C:22:FB:0A:1B:2C;", "“3C:22:FB:0A:1B:2C”", "<3C:22:FB:0A:1B:2C>",
        "3C : 22 : FB : 0A : 1B : 2C", "3C- 22-FB -0A-1B-2C", "0x3c22fb0a1b2c", "0x3C 0x22 0xFB 0x0A 0x1B 0x2C",
        "3C%3A22%3aFB%3A0A%3A1B%3A2C",
        "3C\u201122\u2011FB\u20110A\u20111B\u20112C", "3C–22–FB–0A–1B–2C", "3C\u221222\u2212FB\u22120A\u22121B\u22122C",
        "\uff13\uff23：\uff12\uff12：\uff26\uff22：\uff10\uff21：\uff11\uff22：\uff12\uff23", "3C:22:FB:\u200b0A:1B:2C\ufeff",
        "3C\u00a022\u00a0FB\u00a00A\u00a01B\u00a02C", "3C\u00ad:22:FB:0A:1B:2C", "3 C 2 2 F B 0 A 1 B 2 C",
        "3C;22;FB;0A;1B;2C", "3C, 22, FB, 0A, 1B, 2C", "3C·22·FB·0A·1B·2C", "3C/22/FB/0A/1B/2C", "3C'22'FB'0A'1B'2C",
        "3C--22--FB--0A--1B--2C",
        # The same one twice is one.
        "3C:22:FB:0A:1B:2C 3c22.fb0a.1b2c", "3c22fb0a1b2c, 3C-22-FB-0A-1B-2C", "3c22fb0a1b2c 3c22fb0a1b2c",
    ],
)  # fmt: skip
def test_an_address_is_read_however_it_is_written(written):
    assert canonical(written) == ONE


@pytest.mark.parametrize(
    ("written", "address"),
    [("ecf4-bb37-ddaa", "EC:F4:BB:37:DD:AA"), ("509A:4C36:A1DF", "50:9A:4C:36:A1:DF"), ("2-2-fe-b-d-12", "02:02:FE:0B:0D:12")],
)
def test_the_originals(written, address):
    assert canonical(written) == address


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("3C:22:FB:0A:1B:2C 3C:22:FB:0A:1B:2E", "two", ""), ("3c22fb0a1b2c3c22fb0a1b2e", "notation", ""),
        ("3C 22 FB 0A 1B 2C 3C 22 FB 0A 1B 2E", "two", ""), ("3c22fb0a1b2c and 3c22fb0a1b2e", "two", ""),
        ("02:00:00:ff:fe:00:00:01", "eui_64", ""), ("3C22FBFFFE0A1B2C", "eui_64", ""), ("3c22.fbff.fe0a.1b2c", "eui_64", ""),
        ("3c22fb0a1b2", "length", "11"), ("3c22fb0a1b2c3", "length", "13"), ("3C:22:FB:0A:1B:2C:2", "length", "13"),
        ("3C:22:FB:0A:1B:2", "length", "11"), ("MAC 3C:22:FB:0A:1B:2C:2D", "length", "14"), ("3C:22:FB:0A:1B:2CC", "length", "13"),
        ("3C:22:FB:OA:1B:2C", "lookalike", ONE), ("3C:22:FB:0A:lB:2C", "lookalike", ONE), ("3C:22:FB:oA:IB:2C", "lookalike", ONE),
        ("3С:22:FВ:0А:1В:2С", "lookalike", ONE), ("MAC: 3c22fbOa1b2c", "lookalike", ONE), ("\u0663C:22:FB:0A:1B:2C", "lookalike", ONE),
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_told_apart(written, code, words):
    """Nothing is guessed: what somebody may have meant is offered."""
    with pytest.raises(InvalidAddressError) as refused:
        canonical(written)
    assert (refused.value.code, refused.value.words) == (code, words)


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "aabbcc", "aabbccddee", "aa:bb:cc:dd:ee", "phone", "Wi-Fi address:",
        "aa:bb:cc:dd:ee-ff", "aa-bb:cc-dd:ee-ff", "aabb.ccdd:eeff", "aabb.ccdd-eeff", "aa bb:cc dd:ee ff", "aabbcc-dd-ee-ff",  # mixtures
        "aa:bb:cc-dd:ee:ff", "aa::bb:cc:dd:ee", "gg:bb:cc:dd:ee:ff", "=aabbccddeeff", "aa:bb:cc:dd:ee:\x00f",
        "aa:bb:cc:dd:ee:ff:SchoolWiFi", "aabbccddeeff-SchoolWiFi",  # the names of networks: Called-Station-Id
        "192.0.2.7", "2001:db8::1", "::1:2:3:4:5:6", "aa bb cc dd ee\nff", "éaabbccddeeff", "aabbccddeeff" * 100_000,
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    ],
)  # fmt: skip
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


def test_every_code_has_its_sentence():
    codes = {"notation", "length", "eui_64", "two", "lookalike", "zero", "broadcast", "multicast"}
    assert set(NOT_ADDRESSES) == codes


single = st.binary(min_size=6, max_size=6).filter(lambda octets: not octets[0] & 1 and octets != bytes(6))


@given(single, st.sampled_from(sorted(NOTATIONS)), st.booleans())
def test_what_is_written_in_any_notation_is_read_back(octets, notation, upper):
    pairs = [f"{octet:02X}" if upper else f"{octet:02x}" for octet in octets]
    address = canonical(NOTATIONS[notation](pairs))
    assert address == ":".join(f"{octet:02X}" for octet in octets)
    assert canonical(address) == address
    assert is_private(address) is bool(octets[0] & 2)


LABELS = ["", "MAC ", "Wi-Fi address: ", "ether ", "Physical Address. . . : ", "\u200e", "Address=", "“"]
REMARKS = ["", ".", ",", " (randomised)", " txqueuelen 1000", "\u00a0", " – private", "”", " brd ff:ff:ff:ff:ff:ff"]
LIKE_THESE = {":": ":：\ua789", "-": "-‐‑–—−", " ": " \t\u00a0\u2003", ".": ".．"}


@given(single, st.sampled_from(sorted(NOTATIONS)), st.sampled_from(LABELS), st.sampled_from(REMARKS), st.data())
def test_what_stands_around_it_and_how_its_separators_look_changes_nothing(octets, notation, label, remark, data):
    pairs = [f"{octet:02x}" for octet in octets]
    written = "".join(data.draw(st.sampled_from(LIKE_THESE.get(character, character))) for character in NOTATIONS[notation](pairs))
    assert canonical(f"{label}{written}{remark}") == ":".join(pairs).upper()


@given(single, single, st.sampled_from(sorted(NOTATIONS)), st.sampled_from([", ", "; ", "\n", " / ", " and ", " | "]))
def test_two_addresses_are_never_one(first, second, notation, between):
    both = between.join(NOTATIONS[notation]([f"{octet:02x}" for octet in octets]) for octets in (first, second))
    if first == second:
        assert canonical(both) == ":".join(f"{octet:02X}" for octet in first)
    else:
        with pytest.raises(InvalidAddressError):
            canonical(both)


@given(st.text(max_size=40) | st.text(alphabet="0123456789abcdefABCDEFoOlI:-._ \t\n%x", max_size=30))
def test_whatever_is_typed_is_an_address_or_refused_with_a_sentence(typed):
    try:
        address = canonical(typed)
    except InvalidAddressError as refused:
        assert str(NOT_ADDRESSES[refused.code])  # noqa: PT017  # the other branch is as good
    else:
        assert len(address) == 17
        assert bytes.fromhex(address.replace(":", ""))[0] & 1 == 0
