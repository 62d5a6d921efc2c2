"""What every scenario begins with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.people import Machine, Person
from tests.support.shapes.shape import Shape

Connect = Callable[[Person], Machine]


@pytest.fixture
def anna(shape: Shape) -> Iterator[Person]:
    """Somebody with a team of her own."""
    person = Person(shape, "anna", team_name="Shop")
    yield person
    person.client.close()


@pytest.fixture(params=["https", "amqp"])
def way(request: pytest.FixtureRequest, shape: Shape) -> str:
    """How reports travel; AMQP where the shape has a broker for agents."""
    if request.param == "amqp" and shape.broker_url is None:
        pytest.skip("this shape has no broker for agents")
    return str(request.param)


@pytest.fixture
def machine(shape: Shape, anna: Person, tmp_path: Path) -> Machine:
    """Anna's machine, over HTTPS."""
    return Machine(shape, anna.api_token("agent"), tmp_path)
