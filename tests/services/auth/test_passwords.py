"""New passwords: what is tried first is refused, and the rest is the person's choice."""

import pytest

from services.auth.hashing import Hashing
from services.auth.passwords import Passwords
from services.runtime.errors import Problem
from services.runtime.settings import Settings


@pytest.fixture(scope="module")
def passwords():
    settings = Settings(hash_memory_kib=64, hash_passes=1)
    return Passwords(Hashing(settings), settings)


@pytest.mark.parametrize(
    "password", ["password1", "PASSWORD1", "pass word-1", "qwertyuiop", "12345678", "iloveyou"]
)
async def test_what_leaks_often_is_refused(passwords, password):
    with pytest.raises(Problem) as refused:
        await passwords.accepted(password, [], "password")
    assert refused.value.status == 422
    assert refused.value.errors[0].field == "password"
    assert password not in refused.value.errors[0].message


@pytest.mark.parametrize(
    "password", ["correct horse battery", "a quiet mountain lake", "☃" * 8, "8 hours 2 go"]
)
async def test_the_rest_is_taken(passwords, password):
    assert (await passwords.accepted(password, [])).startswith("$argon2id$")
