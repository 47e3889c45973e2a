"""Addresses of computers, and the networks they lie in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

__all__ = ["is_among"]


def is_among(address: str, networks: Iterable[str]) -> bool:
    """Say whether an address is one of some addresses, or lies in one of some networks."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A socket that speaks both tells an address of IPv4 in the clothes of IPv6.
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in _network(network) for network in networks)


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)
