"""The named totals: what alone may tell that somebody did something in private, and of nobody who."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

NARROWING = {"user_id", "tool", "project", "model", "tag"}
# What of an answer about the whole team is not a sum over all of its sessions.
OF_TEAM = ("from", "to", "tz", "as_of", "unpriced_models")


def is_of_all(template: str, way: Mapping[str, Any]) -> bool:
    """Whether a question is about the team as a whole, with others' private sessions in its sums."""
    return template in TOLD and not NARROWING & set(way)


def without_totals(template: str, answer: httpx.Response) -> httpx.Response:
    """An answer but for the sums over all, and the one row that makes groups add up to them."""
    told = TOLD[template](answer.json())
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return httpx.Response(answer.status_code, headers=headers, content=json.dumps(told))


def _team(told: dict[str, Any]) -> dict[str, Any]:
    previous = {name: told["previous"][name] for name in ("from", "to", "unpriced_models")}
    return {name: told[name] for name in OF_TEAM} | {"previous": previous}


def _trends(told: dict[str, Any]) -> dict[str, Any]:
    by_key = told["group_by"] not in {None, "kind"}
    series = [one for one in told["series"] if by_key and not one["private"]]
    return {**told, "series": series, "peak_hours": None, "excludes_private": None}


def _breakdown(told: dict[str, Any]) -> dict[str, Any]:
    items = [one for one in told["items"] if not one["private"]]
    return {**told, "items": items, "total": None, "excludes_private": None}


def _budgets(told: dict[str, Any]) -> dict[str, Any]:
    untold = {"used": None, "percent": None}
    items = [one | (untold if one["scope"] == "team_month" else {}) for one in told["items"]]
    return {**told, "items": items, "excludes_private": None}


TOLD = {
    "/api/analytics/team": _team,
    "/api/analytics/budgets": _budgets,
    "/api/analytics/trends": _trends,
    "/api/analytics/breakdown": _breakdown,
}
