import pytest

from llm_session_manager.cli.arguments import parser, policy
from llm_session_manager.commands.policy import Policy
from llm_session_manager.config import ConfigError


@pytest.mark.parametrize(
    ("arguments", "env", "expected"),
    [
        ([], {}, Policy(("close", "export", "refresh"), admins=False)),
        (["--allow-commands", "refresh,export"], {}, Policy(("export", "refresh"))),
        (["--allow-commands", "close"], {"LSM_COMMANDS": "none"}, Policy(("close",))),
        (["--no-commands"], {"LSM_COMMANDS": "close"}, Policy(())),
        ([], {"LSM_COMMANDS": "none"}, Policy(())),
        ([], {"LSM_COMMANDS": ""}, Policy(())),
        (["--admin-commands"], {"LSM_COMMANDS": "refresh"}, Policy(("refresh",), admins=True)),
        ([], {"LSM_ADMIN_COMMANDS": "1"}, Policy(admins=True)),
        ([], {"LSM_ADMIN_COMMANDS": "0"}, Policy(admins=False)),
    ],
)
def test_what_the_dashboard_may_ask_of_this_machine(
    arguments: list[str], env: dict[str, str], expected: Policy
) -> None:
    assert policy(parser().parse_args(["agent", *arguments]), env) == expected


def test_a_command_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match="reboot is no command"):
        policy(parser().parse_args(["agent"]), {"LSM_COMMANDS": "refresh,reboot"})
