import pytest

from tests.services.auth.world import mail_by, open_world
from tests.support.fixtures import database_with
from tests.support.servers.smtp import MailServer

database_url = database_with("auth")


@pytest.fixture
async def world(database_url, tmp_path):
    """The auth service on each database; it sends no mail."""
    async with open_world(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def post_office():
    """The mail server that `mailing` hands its letters to."""
    with MailServer() as running:
        yield running


@pytest.fixture
async def mailing(database_url, tmp_path, post_office):
    """The auth service on each database, with mail."""
    async with open_world(database_url, tmp_path, **mail_by(post_office)) as opened:
        yield opened
