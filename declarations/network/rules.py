"""From where a token may be used: addresses and networks (CIDR), as people type them."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

type Network = IPv4Network | IPv6Network


def networks_of(text: str) -> list[Network]:
    """The networks in a text, with spaces or commas between them; `10.1.0.5` is a network of one. Raises ValueError."""
    return [ip_network(word) for word in text.replace(",", " ").split()]


def is_within(address: str, networks: str) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    # An IPv4 address as a socket for both kinds gives it: ::ffff:10.1.0.5.
    caller = getattr(caller, "ipv4_mapped", None) or caller
    return any(caller in network for network in networks_of(networks))
