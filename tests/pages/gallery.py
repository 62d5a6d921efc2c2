"""Every page in every state that it has."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, Route, WebSocketRoute, expect

Act = Callable[[Page], None]
ANYTHING = "h1"
ALERT = '[role="alert"]'


@dataclass(frozen=True)
class View:
    """Who looks at which address, what is there when it is ready, what is done before and after it is opened.

    `at` is a path, or the name of a place of the household. `fails` are the API's paths that answer 503;
    `cut` keeps the socket from opening; `told` is another status that the view is about. `who` of `None` is
    not signed in.
    """

    name: str
    who: str | None
    at: str
    ready: str = ANYTHING
    act: Act | None = None
    fails: tuple[str, ...] = ()
    cut: bool = False
    told: str = ""

    def __str__(self) -> str:
        return self.name

    def explains(self, complaint: str) -> bool:
        """Whether the browser only says what this view is about."""
        statuses = [*(["503"] if self.fails else []), *([self.told] if self.told else [])]
        return any(status in complaint for status in statuses) or (self.cut and "WebSocket" in complaint)

    @property
    def is_layer(self) -> bool:
        """Whether something lies over the page."""
        return self.act is not None

    @property
    def place(self) -> str:
        """The page itself, whatever is asked of it."""
        return re.sub(r"[?#].*", "", self.at) or "/"


def prepare(page: Page, view: View) -> None:
    for path in view.fails:
        page.route(re.compile(path), _unavailable)
    if view.cut:
        page.route_web_socket(re.compile("/ws/"), _closed)


def _unavailable(route: Route) -> None:
    problem = '{"type":"about:blank","title":"Service Unavailable","status":503,"code":"unavailable"}'
    headers = {"X-Correlation-Id": "c0ffee4242c0ffee4242c0ffee424242"}
    route.fulfill(status=503, content_type="application/problem+json", headers=headers, body=problem)


def _closed(socket: WebSocketRoute) -> None:
    socket.close(code=1012, reason='{"retry_in_ms": 600000}')


def press(name: str, role: str = "button") -> Act:
    """Press the first thing of this name."""

    def act(page: Page) -> None:
        page.get_by_role(role, name=re.compile(name)).first.click()  # type: ignore[arg-type]

    return act


def keys(text: str, then: str) -> Act:
    def act(page: Page) -> None:
        page.keyboard.press(text)
        expect(page.get_by_role("dialog", name=re.compile(then))).to_be_visible()

    return act


def refused_sign_in(page: Page) -> None:
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    page.locator(ALERT).wait_for()


def made_link(page: Page) -> None:
    page.get_by_role("button", name="Invite people").click()
    page.get_by_role("button", name="Create link").click()
    page.get_by_test_id("invite-link").wait_for()


def asked_reset(page: Page) -> None:
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_role("button", name=re.compile("Send|Ask")).click()
    page.get_by_role("status").or_(page.get_by_role("heading", name=re.compile("sent|mail"))).first.wait_for()


def open_teams(page: Page) -> None:
    """On the rail, or on a narrow screen in the person's own menu."""
    own = page.get_by_test_id("team-name")
    (own if own.is_visible() else page.get_by_role("button", name=re.compile("Account of"))).click()
    page.get_by_role("menuitem", name=re.compile("team", re.IGNORECASE)).first.wait_for()


def begun_insight(page: Page) -> None:
    page.get_by_role("button", name="Share an insight").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Title").fill("Name the test that is to pass")
    form.get_by_label("What did you learn?").fill("It takes **half** the steps.")
    form.get_by_label("Tags").fill("te")
    form.get_by_role("option").first.wait_for()


def open_bell(page: Page) -> None:
    """On the rail, or on a narrow screen on top of the page."""
    page.locator('[data-testid="bell"]:visible').click()
    page.get_by_role("list", name="Latest notifications").wait_for()


CARD = '[data-testid="session-card"]'
DRAWN = ".recharts-area-area"
OF_TEAMS = (r"/api/teams/[^/]+",)

VIEWS = (
    View("sign-in", None, "/sign-in", "form"),
    View("sign-in-refused", None, "/sign-in", "form", refused_sign_in),
    View("register", None, "/register", "form"),
    View("invite", None, "invite", "form"),
    View("invite-signed-in", "solo", "invite"),
    View("invite-used", None, "used-invite"),
    View("invite-unknown", None, "/invite#nothing", told="404"),
    View("invite-error", None, "invite", ALERT, fails=("/api/auth/invites",)),
    View("reset", None, "/reset", "form"),
    View("reset-asked", None, "/reset", "form", asked_reset),
    View("reset-choose", None, "/reset#a-secret", "form"),
    View("dashboard", "anna", "/", CARD),
    View("dashboard-list", "anna", "/?view=list"),
    View("dashboard-viewer", "vera", "/", CARD),
    View("dashboard-nothing-matches", "anna", "/?q=zebra"),
    View("dashboard-empty", "nora", "/"),
    View("dashboard-no-team", "solo", "/"),
    View("dashboard-error", "anna", "/", ALERT, fails=(r"/api/sessions(\?|$)",), cut=True),
    View("dashboard-stale", "anna", "/", '[data-state="stale"]', cut=True),
    View("session", "anna", "session", "text=4f9d2c7"),
    View("session-viewer", "vera", "session", "text=4f9d2c7"),
    View(
        "session-missing",
        "anna",
        "/sessions/00000000-0000-4000-8000-000000000000",
        "text=no session here",
        told="404",
    ),
    View("session-error", "anna", "session", ALERT, fails=("/api/sessions/.*/(usage|history|health)",)),
    View("analytics", "anna", "/analytics", DRAWN),
    View("analytics-empty", "nora", "/analytics", "text=nothing to count yet"),
    View("analytics-error", "anna", "/analytics", ALERT, fails=("/api/analytics/",)),
    View("me", "anna", "/me", DRAWN),
    View("insights", "anna", "/insights", '[data-testid="insight-card"] .markdown'),
    View("insights-empty", "nora", "/insights", "text=Nothing is written down yet"),
    View("insights-error", "anna", "/insights", ALERT, fails=(r"/api/insights(\?|$)",)),
    View("insight", "vera", "insight", '[data-testid="comment"] .markdown'),
    View("notifications", "anna", "/notifications", '[data-testid="notice"]'),
    View("public", None, "public", "text=Rename customer to buyer"),
    View("public-ended", None, "ended-public", told="410"),
    View("public-unknown", None, "/public#nothing", told="404"),
    View("connect", "nora", "/connect"),
    View("account", "anna", "/settings", "text=Download my data"),
    View("account-error", "anna", "/settings", ALERT, fails=("/api/auth/(logins|tokens)",)),
    View("team", "anna", "/settings/team", "form"),
    View("team-viewer", "vera", "/settings/team"),
    View("team-none", "solo", "/settings/team"),
    View("team-error", "anna", "/settings/team", ALERT, fails=OF_TEAMS),
    View("members", "anna", "/settings/members", '[data-testid="invite"]'),
    View("members-viewer", "vera", "/settings/members", '[data-testid="member"]'),
    View("members-error", "anna", "/settings/members", ALERT, fails=OF_TEAMS),
    View("notification-settings", "anna", "/settings/notifications", "form"),
    View("webhooks", "anna", "/settings/webhooks", '[data-testid="webhook"]'),
    View("machines", "anna", "/settings/machines", "text=anna-mbp"),
    View("machines-empty", "nora", "/settings/machines"),
    View("machines-error", "anna", "/settings/machines", ALERT, fails=("/api/agents",)),
    View("audit", "anna", "/settings/audit", "[data-action]"),
    View("audit-error", "anna", "/settings/audit", ALERT, fails=("/api/teams/[^/]+/audit",)),
    View("wall", "anna", "/wall"),
    View("nowhere", "anna", "/nowhere"),
    View("palette", "anna", "/", CARD, keys("Control+k", "")),
    View("keys", "anna", "/", CARD, keys("?", "")),
    View("card-menu", "anna", "/", CARD, press("Session menu")),
    View("teams", "anna", "/", CARD, open_teams),
    View("new-token", "anna", "/settings", "text=Download my data", press("New token")),
    View("change-password", "anna", "/settings", "text=Download my data", press("Change password")),
    View("delete-account", "anna", "/settings", "text=Download my data", press("Delete account")),
    View("invite-people", "anna", "/settings/members", '[data-testid="invite"]', press("Invite people")),
    View("invite-made", "anna", "/settings/members", '[data-testid="invite"]', made_link),
    View("role", "anna", "/settings/members", '[data-testid="member"]', press("Role of ben")),
    View("revoke-machine", "anna", "/settings/machines", "text=anna-mbp", press("Revoke anna-mbp")),
    View("share-insight", "anna", "/insights", '[data-testid="insight-card"] .markdown', begun_insight),
    View("bell", "anna", "/insights", '[data-testid="insight-card"] .markdown', open_bell),
    View("edit-title", "anna", "session", "text=4f9d2c7", press("Edit title")),
)

# Every page as most see it first; its other states; and what lies over one.
PAGES = tuple({view.place: view for view in reversed(VIEWS) if not view.is_layer}.values())[::-1]
STATES = tuple(view for view in VIEWS if view not in PAGES and not view.is_layer)
LAYERS = tuple(view for view in VIEWS if view.is_layer)
