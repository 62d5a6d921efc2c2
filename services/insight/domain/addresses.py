"""Which addresses of a network our own servers may be made to speak to: public ones alone."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

COMPATIBLE = IPv6Network("::/96")
TRANSLATED = IPv6Network("::ffff:0:0:0/96")
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
RELAY = IPv6Network("2002::/16")
LAST_32 = 0xFFFF_FFFF
# Of special purpose, and not known as such to every version of Python.
SPECIAL = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
SPECIAL_6 = tuple(map(IPv6Network, ("100::/32", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")))


def is_public(text: str) -> bool:
    """Whether an address is one of the internet's, in whatever form it is written or wrapped."""
    try:
        return _is_public(ip_address(text.partition("%")[0]))
    except ValueError:
        return False


def is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (inner := _inside(address)) is not None:
        return all(_is_public(each) for each in inner)
    special: tuple[IPv4Network, ...] | tuple[IPv6Network, ...]
    special = SPECIAL if isinstance(address, IPv4Address) else SPECIAL_6
    if any(address in each for each in special):
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not (isinstance(address, IPv6Address) and address.is_site_local)
    )


def _inside(address: IPv6Address) -> list[IPv4Address] | None:
    """The IPv4 addresses that this one leads to; `None` where it stands for itself."""
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.teredo is not None:
        return list(address.teredo)
    if address in RELAY:
        return [address.sixtofour] if address.sixtofour is not None else []
    if address in COMPATIBLE or address in TRANSLATED or any(address in each for each in NAT64):
        return [IPv4Address(int(address) & LAST_32)]
    return None
