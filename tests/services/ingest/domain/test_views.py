"""From rows to what others see."""

from llm_session_manager.protocol import Usage
from services.contracts.prices import load_book
from services.ingest.domain.identity import Sender, session_id
from services.ingest.domain.reports import Received
from services.ingest.domain.rows import child_rows, event_rows, received_row, usage_rows
from services.ingest.domain.totals import price
from services.ingest.domain.views import reported_view, session_view, state_view
from tests.support.builders import AGENT, ANNA, TEAM, after, make_report
from tests.support.canonical import EVENT, FACTS, LISTS, REPORT

NOW = after(hours=2)


def row_of(report, **changes):
    usage = report.session.usage
    received = Received(0, Sender(TEAM, ANNA, AGENT), report, usage)
    key = session_id(TEAM, ANNA, report.session.tool, report.session.native_id)
    row = received_row(key, received, report, price(usage, load_book()), None, {}, NOW)
    return received, row | {"username": "anna"} | changes


def test_a_state_tells_all_that_was_reported():
    received, row = row_of(REPORT)
    key = row["id"]
    children = child_rows(key, TEAM, FACTS)
    children["session_usage"] = usage_rows(key, TEAM, price(received.usage, load_book()))
    state = state_view(row, children, event_rows(key, TEAM, REPORT))
    assert state == reported_view(row, FACTS, received.usage, event_rows(key, TEAM, REPORT))
    assert {name: getattr(state, name) for name in LISTS} == LISTS
    assert state.events == (EVENT,)
    assert state.session == session_view(row)


def test_every_figure_of_a_session_is_the_reports():
    _, row = row_of(REPORT)
    session = session_view(row)
    same = set(type(session).model_fields) & set(type(FACTS).model_fields) - {"commits", "ended_at"}
    assert {name: getattr(session, name) for name in same} == {name: getattr(FACTS, name) for name in same}
    assert (session.messages.user, session.messages.assistant) == (
        FACTS.user_messages,
        FACTS.assistant_messages,
    )
    assert (session.commits, session.tier, session.agent_id) == (1, "metadata", AGENT)


def test_tokens_are_sums_by_kind():
    usage = (Usage(**LISTS["usage"][0].model_dump()), Usage(**LISTS["usage"][0].model_dump() | {"band": 0}))
    _, row = row_of(make_report(usage=usage))
    tokens = session_view(row).tokens
    assert (tokens.input, tokens.output, tokens.cache_read, tokens.cache_write) == (2000, 400, 60, 18)
    assert (tokens.total, tokens.reasoning) == (2478, 12)


def test_what_a_person_named_it_comes_first():
    _, row = row_of(REPORT, own_title="Mine", username=None, tags=["b"], note="n")
    session = session_view(row)
    assert (session.title, session.username, session.tags, session.note) == ("Mine", "unknown", ["b"], "n")


def test_no_score_is_no_health():
    _, row = row_of(REPORT, health_score=None)
    assert session_view(row).health is None
