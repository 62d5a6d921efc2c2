"""What is found is the same on both databases, whatever is asked."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest import tables
from services.ingest.domain.words import sought, words_of
from services.ingest.store import received
from services.ingest.store.listing import Listing
from services.ingest.store.sessions import list_sessions
from services.runtime.auth import Caller, TeamsCaller
from tests.services.ingest.bench import open_bench
from tests.support.builders import ANNA, BEN, OTHER_TEAM, TEAM, make_report, message

CALLER = Caller(ANNA, TEAM, "member", "sid")
CARTS = UUID(int=0xCA)
TITLES = {
    "cart": "Fix the cart of acme/shop-api",
    "service": "Rename CartService to BasketService",
    "unicode": "Größe im Café: 修复购物车",
    "snake": "use web_store in feature/pay_pal-2",
    "marks": 'It\'s 100 % "done" & (a | b) ! c:* <-> \\x',
    "none": None,
}
FOUND = [
    ("cart", {"cart", "service"}),
    ("CART", {"cart", "service"}),
    ("car", {"cart", "service"}),
    ("art", set()),
    ("the cart", {"cart"}),
    ("cart the", {"cart"}),
    ("car the", set()),  # the beginning of a word only as the last
    ("cartservice", {"service"}),
    ("CartServ", {"service"}),
    ("basket service", {"service"}),
    ("acme/shop", {"cart", "service", "unicode", "snake", "marks", "none"}),
    ("shop-api", {"cart"}),
    ("groß", {"unicode"}),
    ("grosse cafe", {"unicode"}),
    ("购物", {"unicode"}),
    ("修车", {"unicode"}),
    ("web_sto", {"snake"}),
    ("pay_pal", {"snake"}),
    ("100 %", {"marks"}),
    ("it's", {"marks"}),
    ("done a b c", {"marks"}),
    ("main", {"cart", "service", "unicode", "snake", "marks", "none"}),
    ("main nothing", set()),
    ("a1", set()),
    ("_", set()),
    ("%", set()),
    ("'", set()),
    ('"', set()),
    ("cart' OR '1'='1", set()),
    ("cart:* & !the", {"cart"}),
    (TEAM.hex[:6], set()),
    ("0" * 32, set()),
]  # fmt: skip


async def fill(bench):
    """Sessions of Anna's; one of Ben's, and one of another team, with the words of one of them."""
    await bench.introduce()
    await bench.take(
        *(make_report(n, name, title=title) for n, (name, title) in enumerate(TITLES.items(), 1))
    )
    hidden = make_report(50, "hidden", title=TITLES["cart"])
    await bench.take(
        message(hidden, user=BEN, agent="script"), message(hidden, team=OTHER_TEAM, user=BEN, agent="script")
    )


@pytest.fixture
async def filled(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as bench:
        await fill(bench)
        yield bench


async def found(bench, text, caller=CALLER):
    async with bench.database.read(caller) as connection:
        rows = await list_sessions(caller, connection, Listing(words=sought(text)))
    return {row["native_id"] for row in rows}


async def test_the_same_is_found_everywhere(filled):
    assert {text: await found(filled, text) for text, _ in FOUND} == dict(FOUND)


async def test_one_finds_what_one_may_see(filled):
    assert await found(filled, "cart", Caller(BEN, TEAM, "admin", "sid")) == {"hidden"}
    assert await found(filled, "cart", Caller(BEN, OTHER_TEAM, "admin", "sid")) == {"hidden"}
    assert await found(filled, "cart", Caller(ANNA, OTHER_TEAM, "admin", "sid")) == set()


async def test_a_session_is_found_by_what_it_is_called_now(filled):
    """Reports that change no word write none."""
    before = await filled.rows(tables.session_words)
    await filled.take(make_report(60, "cart", title=TITLES["cart"], status="waiting"))
    assert await filled.rows(tables.session_words) == before
    await filled.take(make_report(61, "cart", title="Something else"))
    assert await found(filled, "the cart") == set()
    assert await found(filled, "something") == {"cart"}


async def test_what_is_deleted_is_found_no_more(filled):
    (mine,) = [row["id"] for row in await filled.rows(tables.sessions) if row["title"] == TITLES["snake"]]
    actor = TeamsCaller.of({TEAM})
    async with filled.database.write(actor) as connection:
        await received.wipe_children(actor, connection, mine)
    assert await found(filled, "web_store") == set()
    assert mine not in {row["session_id"] for row in await filled.rows(tables.session_words)}


def test_no_text_is_an_error_and_a_session_is_found_by_its_words(database_url, tmp_path):
    """Whatever people type, and by each of its words every session whose words begin so."""
    everything = {
        name: [word[8:] for word in words_of(_row(title)).split()] for name, title in TITLES.items()
    }

    def expected(text):
        *whole, last = sought(text)
        return {
            name
            for name, words in everything.items()
            if set(whole) <= set(words) and any(word.startswith(last) for word in words)
        }

    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        bench = runner.run(opened.enter_async_context(open_bench(database_url, tmp_path)))
        runner.run(fill(bench))
        parts = sorted({word for words in everything.values() for word in words})

        @settings(max_examples=60, deadline=None, database=None)
        @given(st.one_of(st.text(max_size=200), _questions(parts)))
        def try_one(text):
            got = runner.run(found(bench, text))
            assert got == (expected(text) if sought(text) else set())

        try_one()
        runner.run(opened.aclose())


def _row(title):
    texts = {"own_title": None, "title": title, "note": None}
    return {
        "team_id": TEAM,
        "tags": [],
        "project": "shop",
        "repository": "acme/shop",
        "branch": "main",
    } | texts


@st.composite
def _questions(draw, parts):
    words = draw(st.lists(st.sampled_from(parts), min_size=1, max_size=3))
    cut = draw(st.integers(1, len(words[-1])))
    between = draw(st.sampled_from([" ", "-", "' & '", '" OR "', ":*", "\\", "/", "(", "NEAR "]))
    return between.join([*words[:-1], words[-1][:cut]])
