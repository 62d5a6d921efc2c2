"""Whatever is lost on the way, an open page shows what the server has, without being loaded anew.

BROWSER_FAULTS multiplies how often each thing happens; the suite does each as often as a minute allows.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from threading import Thread

import pytest

from tests.e2e.people import Person
from tests.faults.pages import Page, Work
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

TIMES = int(os.environ.get("BROWSER_FAULTS", "1"))
DISCONNECTS, KILLS = 100 * TIMES, 2 * TIMES
SECONDS = 60.0


class Team:
    """Two people at work, and four pages: the team's three times, and what is one's own alone."""

    def __init__(self, shape: Shape, stack: ExitStack) -> None:
        self.anna = stack.enter_context(Person(shape, "anna", team_name="Shop"))
        self.ben = stack.enter_context(Person(shape, "ben", invite=self.anna.invite()))
        self.work = Work([self.anna, self.ben], seed=7)
        team, own = f"team:{self.anna.team_id}", f"user:{self.anna.user['id']}"
        watched = [(self.anna, team), (self.ben, team), (self.anna, team), (self.anna, own)]
        self.pages = [stack.enter_context(Page(shape, person, channel)) for person, channel in watched]

    def expected(self, page: Page) -> dict[str, int]:
        """What the API shows this person, of what the page is about."""
        seen = page.person.sessions().values()
        own = page is self.pages[3]
        return {one["id"]: one["version"] for one in seen if not own or one["visibility"] == "private"}

    def check(self) -> None:
        """Every page comes to show what the server has, which may go on from there at once."""
        for page in self.pages:
            with suppress(TimeoutError):
                until(partial(self.is_whole, page), seconds=SECONDS)
                continue
            pytest.fail(f"{page.shown} is shown, and there is {self.expected(page)}")

    def is_whole(self, page: Page) -> bool | None:
        return page.shown == self.expected(page) or None


@pytest.fixture
def team(shape: Shape) -> Iterator[Team]:
    with ExitStack() as stack:
        made = Team(shape, stack)
        made.work.go_on(10)
        made.check()
        yield made


def test_after_every_lost_connection_a_page_shows_what_the_server_has(team: Team) -> None:
    """Connections are lost at any moment, one or more at once, while people go on."""
    chance = random.Random(11)
    while sum(page.lost for page in team.pages) < DISCONNECTS:
        working = Thread(target=team.work.go_on, args=(3,))
        working.start()
        for page in chance.sample(team.pages, 3):
            page.drop()
            working.join(chance.uniform(0, 0.05))
        working.join()
        team.check()
    assert sum(page.resumed for page in team.pages) >= DISCONNECTS / 2


def killed(shape: Shape, names: list[str], team: Team, while_away: Callable[[], None]) -> None:
    for number in range(KILLS):
        part = shape.part(names[number % len(names)])
        working = Thread(target=team.work.go_on, args=(3,))
        working.start()
        part.kill()
        working.join()
        while_away()
        part.start()
        team.work.go_on(3)
        team.check()


def test_after_a_gateway_was_killed_a_page_shows_what_the_server_has(shape: Shape, team: Team) -> None:
    if shape.name == "embedded":
        pytest.skip("there the gateway is the whole product: see the test below")
    killed(shape, ["gateway-1", "gateway-2"], team, team.check)


def test_after_everything_was_killed_a_page_shows_what_the_server_has(shape: Shape, team: Team) -> None:
    if shape.name == "distributed":
        pytest.skip("there the gateway is a part of its own: see the test above")
    for _ in range(KILLS):
        shape.part("gateway").kill()
        shape.part("gateway").start()
        team.work.go_on(3)
        team.check()


def test_after_redis_was_killed_a_page_shows_what_the_server_has(shape: Shape, team: Team) -> None:
    if "redis" not in shape.parts:
        pytest.skip("this shape has no such part")
    killed(shape, ["redis"], team, lambda: None)
