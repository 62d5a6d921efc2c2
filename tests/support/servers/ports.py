"""Free loopback ports."""

import functools
import random
import socket


@functools.cache
def _handed_out() -> set[int]:
    return set()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, never the same one twice.

    Ports come from below the range which the kernel uses for outgoing connections, so that a server can be
    killed and started again on its own port without finding it taken.
    """
    taken = _handed_out()
    while True:
        port = random.randint(20_000, 31_999)
        if port not in taken and _is_free(port):
            taken.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return not accepts(port, timeout=0.2)


def accepts(port: int, *, timeout: float = 1) -> bool:
    """Tell whether somebody accepts TCP connections on this port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout).close()
    except OSError:
        return False
    return True
