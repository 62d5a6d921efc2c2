"""The product with people in it, and a browser of each of them for each width."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.pages.desks import Desks
from tests.pages.household import Household
from tests.support.browser import BrowserMissingError, chromium
from tests.support.fixtures import RELAXED, letters_to, missing
from tests.support.servers.smtp import MailServer
from tests.support.shapes.embedded import Embedded

# Nobody sends heartbeats here: what was reported stays as it is while it is looked at.
STILL = {"AGENT_GONE_SECONDS": "86400", "AGENT_GONE_END_SECONDS": "172800"}


@pytest.fixture(scope="session")
def household(mail_server: MailServer) -> Iterator[Household]:
    with Embedded(RELAXED | STILL | letters_to(mail_server)) as shape, Household(shape) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as started:
            yield started
    except BrowserMissingError as error:
        missing(error)


@pytest.fixture(scope="module")
def desks(browser: Browser, household: Household) -> Iterator[Desks]:
    made = Desks(browser, household)
    yield made
    made.close()
