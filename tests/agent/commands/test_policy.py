import pytest

from llm_session_manager.commands.policy import Policy, named_kinds
from llm_session_manager.protocol import CommandKind


def test_the_owner_may_all_and_nobody_else_anything_unless_told_otherwise() -> None:
    kinds: tuple[CommandKind, ...] = ("close", "export", "refresh")
    assert Policy().kinds == kinds
    assert [Policy().objection(kind, "owner") for kind in kinds] == [None] * 3
    assert [Policy().objection(kind, "admin") for kind in kinds].count(None) == 0
    assert Policy(admins=True).objection("close", "admin") is None
    assert (
        Policy(("refresh",), admins=True).objection("close", "admin")
        == "This machine takes no command to close."
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("refresh,export,close", ("close", "export", "refresh")),
        (" refresh , refresh,", ("refresh",)),
        ("none", ()),
        ("", ()),
    ],
)
def test_kinds_are_named_by_a_list(text: str, kinds: tuple[str, ...]) -> None:
    assert named_kinds(text) == kinds


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="reboot is no command; there are close, export, refresh"):
        named_kinds("refresh,reboot")
