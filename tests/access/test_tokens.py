"""Access that is taken away stops: the API at once, an open socket within a second, and nothing after it."""

import pytest

from tests.access.cast import Cast
from tests.access.revocation import UNAUTHENTICATED, Revocations
from tests.support.promises import promised

TIMES = 10
SECONDS = promised(1.0)


@pytest.mark.parametrize("kind", ["log-out", "removal", "role"])
def test_what_is_taken_away_has_ended(cast: Cast, kind: str) -> None:
    revoke = Revocations(cast).kinds[kind]
    ended = [revoke() for _ in range(TIMES)]
    assert {one.known for one in ended} == {True}
    assert max(one.seconds for one in ended) <= SECONDS
    assert [one.heard for one in ended] == [[]] * TIMES
    assert {one.code for one in ended} == ({None} if kind == "role" else {UNAUTHENTICATED})
