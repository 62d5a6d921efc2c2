"""Sockets are served in two ways, and behave the same in both."""

import pytest


@pytest.fixture(params=[False, True], ids=["asgi", "direct"])
def direct(request):
    """Whether the gateway serves its sockets by itself."""
    return request.param
