"""The plain form of a report, and its translation."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from llm_session_manager import protocol
from llm_session_manager.protocol import Report, Session


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ScriptMetrics(Body):
    token_count: protocol.Tokens
    health_score: Annotated[float, Field(ge=0, le=100, strict=False)] | None = None
    status: protocol.Status | None = None
    model: protocol.Name | None = None
    title: protocol.Line | None = None


class ScriptReport(Body):
    """The plain form of a report, for scripts and tools without an agent."""

    session_id: protocol.Key
    metrics: ScriptMetrics
    hostname: protocol.Name
    user_id: Annotated[UUID, Field(strict=False)] | None = None


def report_of(plain: ScriptReport, now: datetime) -> Report:
    """Make a report whose order is that of receipt: its epoch is the second, its `n` the microsecond."""
    metrics = plain.metrics
    status = metrics.status or "active"
    session = Session(
        tool="other",
        native_id=plain.session_id,
        title=metrics.title,
        title_source="tool" if metrics.title else None,
        hostname=plain.hostname,
        model=metrics.model,
        status=status,
        started_at=None,
        last_activity_at=now,
        ended_at=now if status == "ended" else None,
        provenance="reported",
        total_tokens=metrics.token_count,
        health_score=metrics.health_score,
        user_messages=None,
        assistant_messages=None,
        tool_calls=None,
        errors=None,
        refusals=None,
        api_errors=None,
        compactions=None,
    )
    return Report(
        epoch=int(now.timestamp()), n=now.microsecond, sent_at=now, tier="metadata", session=session
    )
