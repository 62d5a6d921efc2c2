"""An agent as older ones, which know nothing of teams' tiers: `python -m tests.e2e.deaf_agent agent …`."""

import sys

from llm_session_manager import composition
from llm_session_manager.cli import main
from llm_session_manager.sender import Sender


class Deaf(Sender):
    def _keep_back(self, most: object) -> None:
        return


if __name__ == "__main__":
    composition.Sender = Deaf
    sys.exit(main())
