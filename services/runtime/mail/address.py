"""E-mail addresses as they stand in a letter's head."""

from email.errors import MessageError
from email.headerregistry import Address, AddressHeader
from email.policy import SMTP

BROKEN = (MessageError, ValueError, IndexError, AttributeError)  # the parser raises each of them


def mailbox(text: str) -> Address:
    """Read `ben@example.com`: exactly one address, spelled as it is used. Raises ValueError."""
    try:
        found = Address(addr_spec=text)
    except BROKEN:
        found = None
    if found is None or found.addr_spec != text:
        raise ValueError("is no address that mail can be sent to")
    return found


def sender(text: str) -> Address:
    """Read `Name <name@example.com>`, or the address alone. Raises ValueError."""
    try:
        header = SMTP.header_factory("From", text)
    except BROKEN:
        header = None
    found = header.addresses if isinstance(header, AddressHeader) else ()
    if len(found) != 1 or not text.isprintable():
        raise ValueError("is no address that mail can come from")
    mailbox(found[0].addr_spec)
    return found[0]
