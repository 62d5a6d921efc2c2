"""Which passwords are refused."""

import pytest

from services.auth.domain.passwords import own_names, refusal

NAMES = own_names("Anna.Smith@example.com", "anna", "Alpha Team")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "7 chars",
        "anna.smith@example.com",
        "annasmith",
        "ANNA_SMITH",
        "alpha team",
        "Alpha-Team",
        "team dashboard",
    ],
)
def test_short_ones_and_names_are_refused(password):
    assert refusal(password, NAMES, 8) is not None


@pytest.mark.parametrize("password", ["12345678", "alpha team 7", "☃☃☃☃☃☃☃☃", "a" * 1024])
def test_the_rest_is_the_persons_choice(password):
    assert refusal(password, NAMES, 8) is None


def test_the_least_length_is_a_setting():
    assert "15" in refusal("fourteen chars", (), 15)
