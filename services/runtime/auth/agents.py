"""Ids of agents: made from team, person and machine, and proof of team and person by themselves.

The first half of an id is a digest of team, person and machine; the second half is a digest of the first
with team and person. So anybody can tell whose an id is not, without a table of agents: the broker's
questions are answered by the auth service, which knows no machines.
"""

import hashlib
from uuid import UUID

HALF = 8
VERSION_8 = 0x8
VARIANT = 0b10


def agent_id(team_id: UUID, user_id: UUID, machine_id: str) -> UUID:
    """The id of that machine's agent for that person in that team; the same at every call."""
    first = bytearray(_digest(b"machine", team_id, user_id, machine_id.encode()))
    first[6] = (VERSION_8 << 4) | (first[6] & 0x0F)
    return UUID(bytes=bytes(first) + _owner(team_id, user_id, bytes(first)))


def is_agent_of(agent: UUID, team_id: UUID, user_id: UUID) -> bool:
    """Whether the id was made for that team and person. 61 bits stand against making one that fits."""
    first = agent.bytes[:HALF]
    return first[6] >> 4 == VERSION_8 and agent.bytes[HALF:] == _owner(team_id, user_id, first)


def _owner(team_id: UUID, user_id: UUID, first: bytes) -> bytes:
    half = bytearray(_digest(b"owner", team_id, user_id, first))
    half[0] = (VARIANT << 6) | (half[0] & 0x3F)
    return bytes(half)


def _digest(label: bytes, team_id: UUID, user_id: UUID, rest: bytes) -> bytes:
    text = b"llm-session-manager agent " + label + team_id.bytes + user_id.bytes + rest
    return hashlib.sha256(text).digest()[:HALF]
