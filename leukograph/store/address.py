"""Which addresses may be asked: the policy for every request that goes out.

`split` takes an address apart and refuses what no endpoint needs; `judge` refuses a
host when any address that it resolves to is not public. Both are pure: who asks
resolves the name once, connects to the addresses that were judged and to no others,
and does the same again for every redirect.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from leukograph.errors import RefusedAddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
#: Blanks, control characters and what else a server might read otherwise than we do.
_ODD = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]|[^\x00-\x7f]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|[0-9a-f:.]+", re.IGNORECASE)
#: IPv6 networks whose addresses carry an IPv4 address, and how far from the right it stands.
_CARRIERS = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)


class Place(NamedTuple):
    """An http(s) address, taken apart."""

    scheme: str
    #: in small letters, without brackets and without a dot at the end
    host: str
    port: int
    #: path and query, as the request line has them
    target: str


def split(url: str) -> Place:
    """Take an address apart.

    Raises:
        RefusedAddress: when it is no http(s) address with a host, holds a user name or a
            password, or can be read in more than one way.
    """
    if odd := _ODD.search(url):
        raise RefusedAddress(url, f"the character {odd[0]!a} has no place in an address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedAddress(url, str(error)) from error
    if parts.scheme not in _PORTS:
        raise RefusedAddress(url, "only http and https are asked")
    if "@" in parts.netloc:
        raise RefusedAddress(url.replace(parts.netloc, parts.netloc.rpartition("@")[2]), "it held a user name")
    host = (parts.hostname or "").rstrip(".").lower()
    if not _HOST.fullmatch(host):
        raise RefusedAddress(url, "it names no host")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, target)


def judge(place: Place, addresses: Iterable[str], allowed: Collection[str] = ()) -> tuple[str, ...]:
    """Return the addresses of a host when it may be asked.

    Args:
        place: what is asked.
        addresses: all that its host resolves to.
        allowed: hosts and addresses that may be asked although they are not public. A name
            that is not itself an address, or `localhost`, is never enough: where it leads
            can change.

    Raises:
        RefusedAddress: when it resolves to nothing, or to any address that is loopback,
            private, link-local, multicast, shared (CGNAT) or reserved, written as IPv4 or
            carried inside IPv6, and was not allowed as such.
    """
    found = tuple(dict.fromkeys(addresses))
    shown = f"{place.scheme}://{place.host}"
    if not found:
        raise RefusedAddress(shown, "its host has no address")
    names = {name.rstrip(".").lower().strip("[]") for name in allowed}
    for text in found:
        address = ipaddress.ip_address(text)
        inner = carried(address)
        fault = _fault(address) or (inner and (_fault(inner) or "IPv4 inside IPv6"))
        as_such = text in names or (place.host == "localhost" in names and address.is_loopback)
        if fault and not as_such:
            raise RefusedAddress(shown, f"it leads to {text}, which is {fault}")
    return found


def carried(address: IPAddress) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address carries, if any."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    for network, shift in _CARRIERS:
        if address in network and int(address) > 1:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address.teredo[1] if address.teredo else None


def _fault(address: IPAddress) -> str:
    """Return why an address is not public, or an empty string."""
    for fault, holds in (
        ("this machine itself", address.is_loopback or address.is_unspecified),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("private", address.is_private),
        ("reserved", address.is_reserved or not address.is_global),
    ):
        if holds:
            return fault
    return ""
