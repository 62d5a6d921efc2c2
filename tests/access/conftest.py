"""The cast of the table of access, once a shape."""

from collections.abc import Iterator

import pytest

from tests.access.cast import Cast
from tests.support.shapes.shape import Shape


@pytest.fixture(scope="session")
def cast(shape: Shape) -> Iterator[Cast]:
    with Cast(shape) as made:
        yield made
