"""What is promised in seconds, and where it is held to that.

`make e2e` runs the scenarios one at a time with PROMISES=held. Beside other tests, on a busy machine, they
show that what is promised comes; how soon is then chance.
"""

import os

PATIENCE = 30.0
HELD = os.environ.get("PROMISES") == "held"


def promised(seconds: float) -> float:
    """How long to wait for what is promised within so many seconds."""
    return seconds if HELD else PATIENCE
