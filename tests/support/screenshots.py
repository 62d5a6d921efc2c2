"""Takes the pictures in docs/screenshots: `python -m tests.support.screenshots [folder]`.

Starts the product with its synthetic team in a temporary folder, and looks at it in Chromium: light and dark,
wide and narrow, full and empty.
"""

import re
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Screen, chromium
from tests.support.servers.services import ServiceProcess

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
SETTLED_MS = 1_500
PASSWORD = "a quiet mountain lake"


class DemoProcess(ServiceProcess):
    """`python -m services demo`."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "services", "demo"]

    def password(self) -> str:
        """What the greeting says; waits for it."""
        path = self.folder / "demo.password"
        while not path.exists():
            time.sleep(0.1)
        return path.read_text().strip()


class Photographer:
    def __init__(self, browser: Browser, server: DemoProcess, folder: Path) -> None:
        self.browser = browser
        self.server = server
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def open(self, size: dict[str, int], scheme: str = "light") -> Screen:
        return Screen(self.browser, viewport=size, color_scheme=scheme, reduced_motion="reduce")

    def take(self, page: Page, name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=self.folder / f"{name}.png")

    def strangers(self) -> None:
        """Sign-in, and what somebody sees first who has just made an account."""
        for scheme in ("light", "dark"):
            screen = self.open(WIDE, scheme)
            screen.page.goto(self.server.url)
            expect(screen.page.get_by_role("button", name="Sign in")).to_be_visible()
            self.take(screen.page, f"sign-in-{scheme}")
            screen.close()
        screen = self.open(WIDE)
        self._register(screen.page)
        self.take(screen.page, "first-run")
        screen.page.goto(self.server.url)
        self.take(screen.page, "dashboard-empty")
        screen.page.set_viewport_size(NARROW)
        self.take(screen.page, "dashboard-empty-390")
        screen.page.goto(f"{self.server.url}/analytics")
        self.take(screen.page, "analytics-empty-390")
        screen.close()

    def team(self) -> None:
        """The dashboard, a session's page, analytics and settings of a team at work."""
        for size, suffix in ((WIDE, ""), (NARROW, "-390")):
            for scheme in ("light", "dark"):
                screen = self.open(size, scheme)
                self._sign_in(screen.page)
                self.take(screen.page, f"dashboard-{scheme}{suffix}")
                screen.page.get_by_test_id("session-card").first.click()
                screen.page.wait_for_url(re.compile("/sessions/"))
                self.take(screen.page, f"session-{scheme}{suffix}")
                screen.page.goto(f"{self.server.url}/analytics?range=7d")
                screen.page.locator(".recharts-area-area").first.wait_for()
                self.take(screen.page, f"analytics-{scheme}{suffix}")
                self._knowledge(screen.page, f"{scheme}{suffix}")
                screen.page.goto(f"{self.server.url}/settings")
                self.take(screen.page, f"settings-{scheme}{suffix}")
                screen.close()

    def _knowledge(self, page: Page, suffix: str) -> None:
        """What the team has learned, what one is told, and how the team is set up."""
        page.goto(f"{self.server.url}/insights")
        page.locator('[data-testid="insight-card"] .markdown').first.wait_for()
        self.take(page, f"insights-{suffix}")
        page.get_by_test_id("insight-card").first.get_by_role("link").first.click()
        page.wait_for_url(re.compile("/insights/."))
        self.take(page, f"insight-{suffix}")
        page.goto(f"{self.server.url}/notifications")
        expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
        self.take(page, f"notifications-{suffix}")
        page.goto(f"{self.server.url}/settings/team")
        page.locator("form").first.wait_for()
        self.take(page, f"team-settings-{suffix}")

    def _register(self, page: Page) -> None:
        page.goto(f"{self.server.url}/register")
        page.get_by_label("User name").fill("nora")
        page.get_by_label("Email").fill("nora@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Team name").fill("Harbour")
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("heading", name="Connect a machine")).to_be_visible()

    def _sign_in(self, page: Page) -> None:
        page.goto(self.server.url)
        page.get_by_label("Email").fill("demo@example.com")
        page.get_by_label("Password").fill(self.server.password())
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_test_id("session-card").first).to_be_visible(timeout=30_000)


def main(folder: Path) -> None:
    server = DemoProcess("demo", [], {})
    try:
        server.start()
        with chromium() as browser:
            photographer = Photographer(browser, server, folder)
            photographer.strangers()
            photographer.team()
    except Exception:
        sys.stderr.write(server.log[-4000:])
        raise
    finally:
        server.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
