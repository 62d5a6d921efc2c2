"""Whatever one person does in private changes no byte of what anybody else is told.

Two worlds with one past go through the same history, but for what one person does in private: in the one they
work on secret sessions, in the other on different ones, or on none. Then all answers of all routes and all
frames to all others are compared. The usual few histories are the same every time; NONINTERFERENCE_EXAMPLES
asks for more, which are not.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.access.histories import Change, Delete, Learn, Report, Share, Step, live, steps_of
from tests.access.pasts import OnPostgresql, OnSqlite, Origin
from tests.access.witnesses import Told, asked, heard, plain, watch
from tests.access.worlds import Past, open_world

MORE = os.environ.get("NONINTERFERENCE_EXAMPLES")
EXAMPLES = int(MORE or "2")
SECRET = Report({"private-2": {"title": "zebra"}})
pytestmark = pytest.mark.composed


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """What thousands of requests have to say helps nobody."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> OnSqlite:
    return OnSqlite(tmp_path_factory.mktemp("past"))


async def one_world(past: Past, folder: Path, url: str, one: str, steps: list[Step], which: int) -> Told:
    """All that is told to others in one of the two worlds."""
    async with open_world(past, folder, url) as world:
        watching = watch(world, one)
        await world.settle()
        told: Told = [(name, plain(world, answer)) for name, answer in await live(world, one, steps, which)]
        told += await heard(world, watching)
        # Whoever comes later is told what there is.
        told += await heard(world, watch(world, one))
        return told + await asked(world, one)


def both(origin: Origin, one: str, steps: list[Step]) -> tuple[Told, Told]:
    with TemporaryDirectory() as name, ExitStack() as open_now:
        folders = Path(name) / "left", Path(name) / "right"
        urls = [open_now.enter_context(origin.copy(folder)) for folder in folders]

        async def side_by_side() -> tuple[Told, Told]:
            left, right = await asyncio.gather(
                *(one_world(origin.past, folders[n], urls[n], one, steps, n) for n in (0, 1))
            )
            return left, right

        return asyncio.run(side_by_side())


def difference(left: Told, right: Told) -> str:
    """The first thing that is told differently, where it begins to differ; nothing where there is none."""
    for (ours, one), (theirs, other) in zip(left, right, strict=False):
        if (ours, one) != (theirs, other):
            at = next(
                (n for n, pair in enumerate(zip(str(one), str(other), strict=False)) if len(set(pair)) > 1), 0
            )
            near = slice(max(0, at - 200), at + 200)
            return f"{ours}\n{str(one)[near]}\n\n{theirs}\n{str(other)[near]}"
    return "" if len(left) == len(right) else f"{len(left)} and {len(right)} things are told"


@pytest.mark.parametrize("person", ["olaf", "ada"])
@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    derandomize=not MORE,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # A history takes seconds: looking for a smaller one would take the rest of the hour.
    phases=[Phase.generate],
)
def test_nobody_is_told_anything_of_what_is_private(
    origin: OnSqlite, person: str, data: st.DataObject
) -> None:
    left, right = both(origin, person, data.draw(steps_of(person)))
    assert len(left) > 200
    assert difference(left, right) == ""


# What gave something away once: a private report after a silence, and one that keeps a machine on; deletions,
# also of what was shared before; both kinds in one batch. Others see an insight, and not what it is linked
# to.
KNOWN = [
    Step(2, "mia", None, (Learn("private-1"), Learn(None))),
    Step(95, "mia", None, (None, None)),
    Step(2, "mia", Report({}), (SECRET, None)),
    Step(80, "mia", None, (SECRET, None)),
    Step(80, "mia", None, (SECRET, None)),
    Step(2, "mia", None, (Delete("private-1"), None)),
    Step(2, "olaf", Share("shared-1", "private"), (None, None)),
    Step(2, "mia", None, (Delete("shared-1"), None)),
    Step(2, "olaf", Report({"shared-2": {"title": "open"}}), (SECRET, None)),
]


def test_what_gave_something_away_once(origin: OnSqlite) -> None:
    assert difference(*both(origin, "olaf", KNOWN)) == ""


def test_what_is_shared_makes_a_difference(origin: OnSqlite) -> None:
    """So the comparison would see one."""
    steps = [Step(2, "mia", None, (Share("private-1", "team"), Change("private-1", {"note": "mine"})))]
    left, right = both(origin, "olaf", steps)
    seen = {what.split(" ")[0] for what, _ in left if (what, _) not in right}
    assert difference(left, right) != ""
    assert seen


def test_on_postgresql_too(superuser_url: str, tmp_path: Path) -> None:
    origin = OnPostgresql(tmp_path, superuser_url)
    try:
        assert difference(*both(origin, "olaf", KNOWN)) == ""
    finally:
        origin.close()
