"""Takes the pictures in docs/screenshots/pages: `python -m tests.pages.portraits [folder]`.

One light and wide, one dark and narrow of each page that has none in docs/screenshots; the tests take all of
them, in test-results/pages.
"""

import sys
from pathlib import Path
from typing import Literal

from tests.pages.conftest import STILL
from tests.pages.desks import Desks, dress
from tests.pages.gallery import VIEWS
from tests.pages.household import Household
from tests.support.browser import chromium
from tests.support.fixtures import RELAXED, letters_to
from tests.support.servers.smtp import MailServer
from tests.support.shapes.embedded import Embedded

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots" / "pages"
KEPT = (
    "register", "invite", "invite-used", "reset", "reset-choose", "dashboard-no-team", "dashboard-error",
    "session-missing", "public", "account", "team", "members", "invite-made", "machines", "audit", "nowhere",
    "analytics", "analytics-empty", "analytics-error", "me", "insights", "insights-empty", "insight",
    "share-insight", "notifications", "bell", "notification-settings", "webhooks",
)  # fmt: skip
SIDES: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1440, "light"), (390, "dark"))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        MailServer() as mail,
        Embedded(RELAXED | STILL | letters_to(mail)) as shape,
        Household(shape) as household,
        chromium() as browser,
    ):
        desks = Desks(browser, household)
        for view in VIEWS:
            for width, theme in SIDES if view.name in KEPT else ():
                with desks.open(view, width) as (page, _):
                    dress(page, theme)
                    page.screenshot(path=folder / f"{view}-{width}-{theme}.png")
        desks.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
