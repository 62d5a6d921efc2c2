"""Which pages may open a socket."""

import pytest

from gateway.origin import may_connect

ALLOWED = ("https://board.example", "http://localhost:5173/")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "dash.example"),
        (None, None),
        ("https://dash.example", "dash.example"),
        ("https://dash.example", "dash.example:443"),
        ("https://dash.example:443", "DASH.example"),
        ("http://dash.example", "dash.example"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://board.example", "dash.example"),
        ("http://localhost:5173", "dash.example"),
    ],
)
def test_programs_the_own_host_and_those_allowed_may(origin, host):
    assert may_connect(origin, host, ALLOWED)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "dash.example"),
        ("https://dash.example.evil.example", "dash.example"),
        ("https://dash.example:8443", "dash.example"),
        ("http://dash.example:99999", "dash.example"),
        ("https://dash.example", None),
        ("http://board.example", "dash.example"),
        ("https://board.example.evil", "dash.example"),
        ("http://localhost:5174", "dash.example"),
        ("null", "dash.example"),
        ("null", "null"),
        ("", "dash.example"),
        ("file://", "dash.example"),
        ("https://[", "dash.example"),
    ],
)
def test_all_others_may_not(origin, host):
    assert not may_connect(origin, host, ALLOWED)
