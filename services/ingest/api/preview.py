"""What other thresholds and weights would make of a team's health, before they are saved."""

import asyncio
from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, model_validator

from services.contracts.sessions import Shape
from services.ingest.domain.preview import Outcome, Yardstick, compare
from services.ingest.domain.scripts import Body
from services.ingest.store import people
from services.ingest.store.preview import vital_rows
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import forbidden, not_found
from services.runtime.settings import Settings

WEEK = 7
Score = Annotated[float, Field(ge=0, le=100)]
FactorName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$")]


class PreviewThresholds(Body):
    warning: Score = 70
    critical: Score = 40

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.critical > self.warning:
            raise ValueError("critical may not lie above warning")
        return self


class PreviewAsked(Body):
    """What is not given stays as the team has it."""

    health_thresholds: PreviewThresholds | None = None
    health_weights: Annotated[dict[FactorName, Score], Field(max_length=32)] | None = None


class PreviewGrades(Shape):
    good: int
    warning: int
    critical: int


class GradesBothWays(Shape):
    before: PreviewGrades
    after: PreviewGrades


class AlertsBothWays(Shape):
    before: float
    after: float


class SettingsPreview(Shape):
    """Of the `sessions` of the last four weeks that have a grade and that the caller may see.

    `changed` would have another grade. A session below the threshold of a warning is one alert.
    """

    sessions: int
    changed: int
    grades: GradesBothWays
    alerts_per_week: AlertsBothWays


def routes(database: Database, gate: TokenGate, settings: Settings, clock: Clock) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/teams", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.post("/{team_id}/settings/preview")
    async def preview_settings(caller: Reader, team_id: UUID, asked: PreviewAsked) -> SettingsPreview:
        """What would change with other thresholds or weights; nothing is saved."""
        if team_id != caller.team:
            raise not_found("team")
        if caller.role != "admin":
            raise forbidden("Only an admin of the team may do this.")
        now = clock.now()
        since = now - timedelta(days=settings.preview_days)
        async with database.read(caller) as connection:
            known = (await people.team_settings(TeamsCaller.of({team_id}), connection)).get(team_id, {})
            rows = await vital_rows(caller, connection, since, settings.preview_sessions)
        wanted = {**known, **asked.model_dump(exclude_none=True)}
        outcome = await asyncio.to_thread(compare, rows, Yardstick.of(known), Yardstick.of(wanted), now)
        return _view(outcome, settings.preview_days / WEEK)

    return router


def _view(outcome: Outcome, weeks: float) -> SettingsPreview:
    before, after = (round(count / weeks, 1) for count in outcome.alerts)
    return SettingsPreview(
        sessions=outcome.sessions,
        changed=outcome.changed,
        grades=GradesBothWays(
            before=PreviewGrades(
                **{grade: outcome.before[grade] for grade in ("good", "warning", "critical")}
            ),
            after=PreviewGrades(**{grade: outcome.after[grade] for grade in ("good", "warning", "critical")}),
        ),
        alerts_per_week=AlertsBothWays(before=before, after=after),
    )
