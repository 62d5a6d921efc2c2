"""What of a session is for everybody."""

import pytest

from services.ingest.domain.public import network_of, public_path

PATHS = [
    ("src/shop/cart.py", "src/shop/cart.py"),
    ("Fix the cart: it was / is slow", "Fix the cart: it was / is slow"),
    ("/home/anna/shop/cart.py", "…/cart.py"),
    ("~/notes/diary.md", "…/diary.md"),
    ("C:\\Users\\anna\\cart.py", "…/cart.py"),
    ("\\\\server\\anna\\cart.py", "…/cart.py"),
    ("file:///home/anna/x", "…/x"),
    ("/", "…"),
]


@pytest.mark.parametrize(("path", "shown"), PATHS)
def test_a_path_outside_the_project_keeps_its_last_name(path, shown):
    assert public_path(path) == shown


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_of_an_address_its_network_is_kept(host, network):
    assert network_of(host) == network
