"""Who may change what of insights and comments."""

from collections.abc import Collection, Mapping
from typing import Any

from services.runtime.auth import Caller
from services.runtime.errors import Problem, forbidden

Row = Mapping[str, Any]
# What any member decides of what a rule has found.
JUDGED = frozenset({"state", "type"})


def may_change(caller: Caller, row: Row, fields: Collection[str]) -> None:
    """Raises `Problem` 403 for anybody but author and admins; what was found, all members judge."""
    if caller.role == "admin" or row["shared_by"] == caller.user_id:
        return
    if row["origin"] != "detected":
        raise forbidden("Only its author or an admin may change this insight.")
    if not JUDGED.issuperset(fields):
        raise forbidden("Only an admin may change the text of what a rule has found.")


def may_delete(caller: Caller, row: Row) -> None:
    if caller.role != "admin" and row["shared_by"] != caller.user_id:
        raise forbidden("Only its author or an admin may delete this insight.")


def may_edit_comment(caller: Caller, row: Row) -> None:
    if row["user_id"] != caller.user_id:
        raise forbidden("Only its author may change a comment.")


def may_delete_comment(caller: Caller, row: Row) -> None:
    if caller.role != "admin" and row["user_id"] != caller.user_id:
        raise forbidden("Only its author or an admin may delete a comment.")


def must_match(row: Row, if_match: str | None, what: str) -> None:
    """Raises `Problem` 412 where `If-Match` names another version than that of now."""
    if if_match not in {None, "*", f'"{row["version"]}"'}:
        raise Problem(412, "changed_meanwhile", f"The {what} has changed since you read it.")
