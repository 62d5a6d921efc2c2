"""Choosing a team."""

from uuid import UUID

from services.auth.domain import chosen_team

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def test_the_first_wish_that_is_ones_own_team():
    assert chosen_team({A: "member", B: "admin"}, (None, C, B, A)) == B


def test_else_the_first_team_else_none():
    assert chosen_team({A: "member", B: "admin"}, (C, None)) == A
    assert chosen_team({}, (A,)) is None
