"""When the demo's sessions take place."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from services.contracts.prices import load_book
from services.demo.kits import KITS, OWN_MODEL
from services.demo.schedule import CAST, around, cast, history, live, slots
from services.demo.team import DEMO_EMAIL, PEOPLE

NOW = datetime(2026, 11, 18, 15, 7, tzinfo=UTC)
MOMENTS = [NOW + timedelta(minutes=13 * step) for step in range(400)]


def test_the_same_seed_and_moment_give_the_same_sessions():
    assert cast("demo", NOW) == cast("demo", NOW)
    assert history("demo", NOW) == history("demo", NOW)
    assert cast("other", NOW) != cast("demo", NOW)


def test_the_past_stays_what_it_was():
    """A later start finds the same sessions, and more."""
    earlier = history("demo", NOW)
    later = history("demo", NOW + timedelta(hours=30))
    kept = [
        plot for plot in earlier if plot.started_at.date() >= (NOW + timedelta(hours=30, days=-14)).date()
    ]
    assert set(kept) <= set(later)
    assert len(later) > len(kept)


def test_a_fortnight_of_working_days_lies_behind():
    plots = history("demo", NOW)
    days = Counter(plot.started_at.date() for plot in plots)
    assert {
        NOW.date() - timedelta(days=back) for back in range(15) if (NOW - timedelta(days=back)).weekday() < 5
    } <= set(days)
    assert all(plot.ends_at < NOW for plot in plots)
    working = [count for day, count in days.items() if day.weekday() < 5 and day != NOW.date()]
    weekend = [count for day, count in days.items() if day.weekday() >= 5]
    assert min(working) > max(weekend, default=0)


def test_about_fifteen_sessions_are_live_at_any_time():
    counts = [len(live("demo", at)) for at in MOMENTS]
    assert max(counts) <= 18
    assert sum(count >= 12 for count in counts) >= 0.98 * len(counts)
    assert min(counts) >= 9


def test_sessions_begin_and_end_all_the_time():
    keys = [{plot.key for plot in live("demo", at)} for at in MOMENTS]
    assert all(before != after for before, after in pairwise(keys))


def test_the_cast_is_all_who_live_and_those_who_ended_last():
    shown = cast("demo", NOW)
    assert len({plot.native_id for plot in shown}) == len(shown) == CAST
    assert set(live("demo", NOW)) <= set(shown)
    assert all(plot.started_at <= NOW for plot in shown)


def test_one_place_holds_one_session_at_a_time():
    for slot in slots("demo"):
        plots = [slot.plot(slot.cell(NOW) + step) for step in range(-20, 20)]
        assert all(before.ends_at <= after.started_at for before, after in pairwise(plots))


def test_a_session_is_found_again_by_when_it_began():
    for plot in cast("demo", NOW):
        assert plot in around("demo", plot.started_at)


@pytest.mark.parametrize("at", MOMENTS[::40])
def test_no_two_live_sessions_are_about_the_same(at):
    titles = Counter(plot.task.title for plot in live("demo", at))
    assert set(titles.values()) == {1}


def test_all_eight_people_and_all_six_tools_appear():
    plots = [*cast("demo", NOW), *history("demo", NOW)]
    assert len(PEOPLE) == 8
    assert PEOPLE[0].email == DEMO_EMAIL
    assert {plot.person for plot in plots} == set(PEOPLE)
    tools = Counter(plot.kit.tool for plot in plots)
    assert set(tools) == set(KITS)
    assert tools["claude-code"] + tools["codex"] > len(plots) / 2
    assert 0 < sum(plot.private for plot in plots) < len(plots) / 5


def test_one_model_has_no_price_and_all_others_have():
    book = load_book()
    models = {model for kit in KITS.values() for model in kit.models}
    assert {model for model in models if book.row(model.name) is None} == {OWN_MODEL}
