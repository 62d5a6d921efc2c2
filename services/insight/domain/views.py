"""Rows as insights and comments, as far as their reader may see what they speak of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.contracts.insights import (
    EvidenceSession,
    Insight,
    InsightChange,
    InsightComment,
    InsightEvidence,
    InsightMention,
)

Row = Mapping[str, Any]
FORMER = "former member"


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader may know: names of present members, titles of the sessions they may see, own votes."""

    names: Mapping[UUID, str] = field(default_factory=dict)
    sessions: Mapping[UUID, str | None] = field(default_factory=dict)
    voted: Collection[UUID] = ()


def insight_view(row: Row, known: Known) -> Insight:
    linked = row["session_id"] if row["session_id"] in known.sessions else None
    by = row["shared_by"] if row["shared_by"] in known.names else None
    return Insight(
        **{name: row[name] for name in Insight.model_fields if name in row and name not in LOOKED_UP},
        session_id=linked,
        session_title=known.sessions.get(linked) if linked else None,
        moment=row["moment"] if linked else None,
        shared_by=by,
        username=known.names[by] if by else None if row["origin"] == "detected" else FORMER,
        voted=row["id"] in known.voted,
        evidence=_evidence(row["evidence"], known),
    )


LOOKED_UP = frozenset({"session_id", "session_title", "moment", "shared_by", "username", "voted", "evidence"})


def spoken_of(row: Row) -> set[UUID]:
    """The sessions that an insight's row names, whoever may see them."""
    found = {UUID(one) for one in row["evidence"]["sessions"]} if row["evidence"] else set()
    return found | ({row["session_id"]} if row["session_id"] else set())


def change_view(row: Row) -> InsightChange:
    own = {name: row[name] for name in InsightChange.model_fields if name in row}
    return InsightChange(insight_id=row["id"], **own)


def comment_view(row: Row, names: Mapping[UUID, str]) -> InsightComment:
    by = row["user_id"] if row["user_id"] in names and not row["deleted"] else None
    named = [UUID(one) for one in row["mentions"]]
    return InsightComment(
        id=row["id"],
        parent_id=row["parent_id"],
        user_id=by,
        username=names[by] if by else None if row["deleted"] else FORMER,
        content=row["content"],
        mentions=[InsightMention(user_id=one, username=names[one]) for one in named if one in names],
        deleted=row["deleted"],
        edited=row["edited"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def people_in(row: Row) -> set[UUID]:
    """The persons that a comment's row names."""
    return {UUID(one) for one in row["mentions"]} | ({row["user_id"]} if row["user_id"] else set())


def _evidence(held: Mapping[str, Any] | None, known: Known) -> InsightEvidence | None:
    if held is None:
        return None
    ids = [UUID(one) for one in held["sessions"]]
    seen = [EvidenceSession(id=one, title=known.sessions[one]) for one in ids if one in known.sessions]
    return InsightEvidence(**{**held, "sessions": seen})
