"""What a refresh token that comes in means."""

from datetime import UTC, datetime, timedelta

import pytest

from services.auth.domain.rotation import Presented, judge

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GRACE = timedelta(seconds=10)


def presented(**changes):
    plain = {"used_at": None, "void": False, "followed": False, "ended": False}
    return Presented(**({**plain, "expires_at": NOW + timedelta(days=1)} | changes))


@pytest.mark.parametrize(
    ("token", "verdict"),
    [
        (presented(), "rotate"),
        (presented(used_at=NOW), "again"),
        (presented(used_at=NOW - GRACE), "again"),
        (presented(used_at=NOW - GRACE - timedelta(microseconds=1)), "reuse"),
        (presented(used_at=NOW, followed=True), "reuse"),
        (presented(void=True), "reuse"),
        (presented(void=True, used_at=NOW), "reuse"),
        (presented(ended=True), "ended"),
        (presented(ended=True, used_at=NOW - timedelta(days=1)), "ended"),
        (presented(expires_at=NOW), "ended"),
        (presented(expires_at=NOW, void=True), "ended"),
    ],
)
def test_verdicts(token, verdict):
    assert judge(token, NOW, GRACE) == verdict
