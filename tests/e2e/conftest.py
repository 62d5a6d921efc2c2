"""What every scenario begins with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.people import Machine, Person
from tests.support.browser import BrowserMissingError, Screen, chromium
from tests.support.fixtures import missing
from tests.support.shapes.shape import Shape

Connect = Callable[[Person], Machine]


@pytest.fixture
def anna(shape: Shape) -> Iterator[Person]:
    """Somebody with a team of her own."""
    with Person(shape, "anna", team_name="Shop") as person:
        yield person


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the scenarios of a file: while it runs, its event loop leaves no room for another."""
    try:
        with chromium() as started:
            yield started
    except BrowserMissingError as error:
        missing(error)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Screen]:
    """A page of its own; a scenario ends well only with a quiet console."""
    opened = Screen(browser)
    yield opened
    opened.close()
    assert opened.complaints == []


@pytest.fixture
def other_screen(browser: Browser) -> Iterator[Screen]:
    """The browser of somebody else; it ends well only with a quiet console."""
    opened = Screen(browser)
    yield opened
    opened.close()
    assert opened.complaints == []
