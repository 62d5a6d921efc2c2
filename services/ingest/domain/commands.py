"""Who may ask what of a machine, and how a command goes from being asked to its end."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from llm_session_manager.protocol import CommandKind
from llm_session_manager.protocol.commands import AskedBy, CommandAnswer
from services.contracts.commands import CommandOutcome, CommandStatus, SessionCommand
from services.runtime.auth import Caller
from services.runtime.errors import Problem, conflict, forbidden

Row = Mapping[str, Any]
OPEN: tuple[CommandStatus, ...] = ("pending", "sent", "started")
KINDS: tuple[CommandKind, ...] = ("close", "export", "refresh")
NO_ANSWER = "no_answer"
SHOWN = (
    "id", "session_id", "kind", "status", "asked_by", "asked_as", "hostname", "created_at", "expires_at",
    "sent_at", "started_at", "ended_at",
)  # fmt: skip


def standing(caller: Caller, session: Row, settings: Row) -> AskedBy:
    """What the caller, who sees the session, is to it. Raises `Problem` 403 where they may ask nothing."""
    if "write" not in caller.scopes:
        raise forbidden()
    if session["user_id"] == caller.user_id:
        return "owner"
    if caller.role == "admin" and session["visibility"] != "private" and settings.get("admin_commands"):
        return "admin"
    raise forbidden("Only its owner may ask anything of this session's machine.")


def check(kind: CommandKind, asked_as: AskedBy, settings: Row, machine: Row | None) -> None:
    """Raise `Problem` 403 where the team does not allow this, and 409 where the machine does not take it.

    A machine that has never said what it takes may take it.
    """
    if kind not in settings.get("commands_allowed", KINDS):
        raise Problem(403, "kind_not_allowed", "This team does not allow this command.")
    if machine is None or machine["revoked_at"] is not None:
        raise conflict("no_machine", "No machine with an agent reports this session.")
    if asked_as == "admin" and not machine["admin_commands"]:
        raise forbidden("This machine takes commands from the session's owner only.")
    if machine["commands"] is not None and kind not in machine["commands"]:
        raise conflict("not_taken", "The agent of this machine was told not to take this command.")


def after(row: Row, answer: CommandAnswer, export: bytes | None, now: datetime) -> dict[str, Any]:
    """What changes in a command by its machine's answer; nothing where that was said before.

    Raises `Problem` 409 where it may not be started, or was started by somebody else.
    """
    if row["claim"] is not None and answer.claim not in {None, row["claim"]}:
        raise conflict("taken", "This command was started by another agent.")
    if answer.status == "started":
        return _started(row, answer, now)
    if row["status"] not in OPEN and row["code"] != NO_ANSWER:
        return {}
    result = answer.result
    return {
        "status": answer.status,
        "code": result.code if result else "ok",
        "detail": result.detail if result else None,
        "export": export,
        "export_bytes": None if export is None else len(export),
        "ended_at": now,
    }


def _started(row: Row, answer: CommandAnswer, now: datetime) -> dict[str, Any]:
    if row["status"] not in OPEN:
        raise conflict("ended", "This command has ended.")
    if row["status"] == "started":
        if answer.claim != row["claim"]:
            raise conflict("taken", "This command was started by another agent.")
        return {}
    if row["expires_at"] <= now:
        raise conflict("expired", "This command has expired.")
    return {
        "status": "started",
        "claim": answer.claim,
        "sent_at": row["sent_at"] or now,
        "started_at": now,
    }


def withdrawn(reason: str, now: datetime) -> dict[str, Any]:
    """The end of a command that nobody may ask any more."""
    return {"status": "failed", "code": "withdrawn", "detail": reason, "ended_at": now}


def overdue(row: Row, now: datetime) -> dict[str, Any]:
    """The end of a command that was not started, or not answered, in time."""
    if row["status"] == "started":
        detail = "The machine began with it and was not heard of again."
        return {"status": "failed", "code": NO_ANSWER, "detail": detail, "ended_at": now}
    detail = "The machine did not take it in time."
    return {"status": "expired", "code": "expired", "detail": detail, "ended_at": now}


def command_view(row: Row, now: datetime, gone_after: timedelta) -> SessionCommand:
    """`row` is a command's columns, its machine's `hostname` and `last_seen_at`, and `asked_by_name`."""
    seen = row["last_seen_at"]
    online = seen is not None and now - seen <= gone_after
    outcome = None
    if row["ended_at"] is not None:
        outcome = CommandOutcome(code=row["code"], detail=row["detail"], export_bytes=row["export_bytes"])
    return SessionCommand(
        **{name: row[name] for name in SHOWN},
        asked_by_name=row["asked_by_name"] or "unknown",
        machine_online=online,
        note=_note(row, now, online=online),
        result=outcome,
    )


def _note(row: Row, now: datetime, *, online: bool) -> str:
    machine = row["hostname"] or "its machine"
    match row["status"]:
        case "pending":
            left = max(1, math.ceil((row["expires_at"] - now).total_seconds() / 60))
            silent = "" if online else ", which is not heard from"
            return f"waits for {machine}{silent}; expires in {left} min"
        case "sent":
            return f"{machine} has it"
        case "started":
            return f"{machine} is at it"
        case _:
            return row["detail"] or str(row["status"])
