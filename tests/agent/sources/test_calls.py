from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_session_manager.sources import calls, values
from llm_session_manager.sources.calls import Call, Ledger, Names, merged, unpacked

NOW = values.micros("2026-11-22T12:00:00Z") or 0

views = st.builds(
    Call,
    at=st.integers(0, 3),
    input=st.integers(0, 2),
    output=st.integers(0, 2),
    cache_read=st.just(0),
    write_5m=st.just(0),
    write_1h=st.just(0),
    reasoning=st.just(0),
    model=st.integers(0, 1),
    tier=st.just(0),
    lane=st.integers(0, 1),
    sidechain=st.booleans(),
    copied=st.booleans(),
    final=st.booleans(),
)


def call(at: str, model: int = 1, output: int = 1) -> Call:
    return Call(
        values.micros(at) or 0, 1, output, 0, 0, 0, 0, model, 0, 0, sidechain=False, copied=False, final=True
    )


@given(st.lists(views, min_size=2, max_size=4))
def test_views_of_a_call_merge_alike_in_every_order(found: list[Call]) -> None:
    results = set()
    for order in permutations(found):
        whole = order[0]
        for view in order[1:]:
            whole = merged(whole, view)
        results.add(whole)
    assert len(results) == 1


@given(views)
def test_a_call_survives_packing(one: Call) -> None:
    assert unpacked(one.packed()) == one


def test_names_beyond_the_most_kept_are_none() -> None:
    names = Names(most=2)
    assert [names.number(name) for name in ("a", "b", "a", None)] == [1, 0, 1, 0]
    assert (names[1], names[0]) == ("a", None)


def test_what_a_report_cannot_hold_is_added_to_later_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_USAGE_ROWS", 3)
    names = Names()
    ledger = Ledger(names, NOW)
    first, second = names.number("a"), names.number("b")
    for hour in range(4):
        ledger.add(call(f"2026-03-02T0{hour}:00:00Z", first))
    ledger.add(call("2026-03-02T00:00:00Z", second))
    rows = ledger.usage()
    assert len(rows) == 3
    assert sum(row.output for row in rows) == 5
    assert [row.calls for row in rows] == [3, 1, 1]


def test_buckets_are_quarters_of_an_hour() -> None:
    ledger = Ledger(Names(), NOW)
    for at in ("2026-03-02T09:14:59.999Z", "2026-03-02T09:15:00Z", "2026-03-02T10:29:00+01:00"):
        ledger.add(call(at, 0))
    assert [(row.at.minute, row.calls, row.model) for row in ledger.usage()] == [(0, 1, None), (15, 2, None)]
