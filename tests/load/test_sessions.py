"""The lists of sessions at a thousandth of the measured size: every one of them goes by an index."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest

from services.ingest.store.sessions import list_sessions
from services.runtime.auth import Caller
from services.runtime.db import open_database
from services.runtime.migrate import migrate
from services.runtime.settings import Settings
from tests.load.filling import fill
from tests.load.plans import Scan, listing_of, scans
from tests.load.questions import Question, questions
from tests.load.sessions import SESSION, Asked, kept, overall
from tests.support.servers.postgres import create_database, drop_database

TEAM, PERSON = UUID(int=0x7EA), UUID(int=0xA44A)
CALLER = Caller(PERSON, TEAM, "member", "sid")
QUESTIONS = questions(str(PERSON), str(UUID(int=0xBE4)))
BY_INDEX = Scan("Index Scan", "sessions", "sessions_of_team", "(team_id = 'x')")
NAMES = Scan("Seq Scan", "session_owners", "", "")
WHOLE = Scan("Seq Scan", "sessions", "", "")


@pytest.fixture(scope="module")
def filled(superuser_url: str) -> Iterator[str]:
    """A thousand sessions of a hundred teams."""
    url = create_database(superuser_url)

    async def make() -> None:
        database = open_database(url, Settings())
        await migrate(database, "ingest")
        await database.close()

    asyncio.run(make())
    fill(superuser_url, url, total=1_000, in_team=10, team_id=TEAM, user_id=PERSON)
    yield url
    drop_database(superuser_url, url)


@pytest.mark.servers
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
async def test_every_list_goes_by_an_index(filled: str, question: Question) -> None:
    """Under row-level security; a table this small is read whole only if there is no other way."""
    database = open_database(filled, Settings())
    found = await scans(database, CALLER, question.parameters, without_seqscan=True)
    await database.close()
    # Where no session has the words or the tag, nothing is left to look for.
    tables = {scan.table for scan in found}
    assert tables >= {"sessions", "session_owners"} or tables <= {"session_tags", "session_words"}
    assert Asked(question.name, "", {}, scans=found).is_by_index, found


@pytest.mark.servers
async def test_what_is_filled_in_is_found(filled: str) -> None:
    database = open_database(filled, Settings())
    async with database.read(CALLER) as connection:
        counts = {
            one.name: len(await list_sessions(CALLER, connection, listing_of(one.parameters)))
            for one in QUESTIONS
        }
    await database.close()
    # Of ten, two are private, one of these the person's own.
    assert counts["everything"] == counts["a word of all"] == counts["by -cost"] == 9
    assert counts["private ones"] == counts["one's own"] == 1
    assert 0 < counts["a tag of many"] < 9
    assert all(count == 0 for name, count in counts.items() if name.startswith("no such"))


@pytest.mark.parametrize(
    ("scans_", "milliseconds", "failures", "expected"),
    [
        ([BY_INDEX, NAMES], [1.0] * 100, 0, True),
        ([BY_INDEX], [1.0] * 99 + [500.0], 0, True),  # one of a hundred may be late
        ([BY_INDEX], [1.0] * 98 + [500.0] * 2, 0, False),
        ([BY_INDEX], [1.0] * 100, 1, False),
        ([BY_INDEX, WHOLE], [1.0] * 100, 0, False),
    ],
)
def test_what_is_promised(
    scans_: list[Scan], milliseconds: list[float], failures: int, expected: bool
) -> None:
    good = Asked(SESSION, "", {}, milliseconds=[2.0])
    made = Asked("a list", "", {}, scans=scans_, milliseconds=milliseconds, failures=failures)
    assert kept([made, good]) is expected


def test_a_row_says_how_long_and_by_what() -> None:
    made = Asked("a list", "", {}, scans=[BY_INDEX, NAMES], milliseconds=[1.0, 2.0, 30.0])
    assert made.row() == "| a list | 3 | 2 ms | 30 ms | 30 ms | sessions_of_team |"
    assert overall("all", [made, made]) == "| all | 6 | 2 ms | 30 ms | 30 ms |  |"
