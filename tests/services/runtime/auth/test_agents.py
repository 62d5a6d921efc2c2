"""Ids of agents say whose they are."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.auth.agents import agent_id, is_agent_of


@given(st.uuids(), st.uuids(), st.text(max_size=200))
def test_an_id_is_its_owners_and_is_always_the_same(team, user, machine):
    made = agent_id(team, user, machine)
    assert made == agent_id(team, user, machine)
    assert is_agent_of(made, team, user)
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


@given(st.uuids(), st.uuids(), st.uuids(), st.uuids())
def test_an_id_is_nobody_elses(team, user, other_team, other_user):
    made = agent_id(team, user, "machine")
    assert is_agent_of(made, other_team, other_user) == ((team, user) == (other_team, other_user))
    assert is_agent_of(made, user, team) == (team == user)


@given(st.uuids())
def test_an_id_that_was_not_made_for_anybody_is_nobodys(stranger):
    assert not is_agent_of(stranger, UUID(int=1), UUID(int=2))


def test_machines_differ():
    team, user = uuid4(), uuid4()
    assert len({agent_id(team, user, f"machine {n}") for n in range(1000)}) == 1000
