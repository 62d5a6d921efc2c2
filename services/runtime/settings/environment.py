"""What the environment says: settings by their names, secrets in files too, and no slips of the pen."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

FILE = "_FILE"
# A shorter name is close to everything; from the second length on, two slips are found.
SHORTEST, LONG = 8, 14
GUESSED = frozenset(
    {"admin", "changeme", "change-me", "dashboard", "default", "development", "guest", "password", "postgres",
     "rabbitmq", "redis", "root", "secret", "services", "test", "user"}
)  # fmt: skip


class SettingsRefused(ValueError):  # noqa: N818 - it is a refusal
    """Says why a server does not start; never what a secret was."""


def holds_secret(field: FieldInfo) -> bool:
    """Whether a setting is a secret, or has one within: then it may be given as a file, and is not shown."""
    return not field.repr or field.annotation is SecretStr or field.annotation == SecretStr | None


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `NAME_FILE` for every setting that holds a secret; a line's end at its end is no part of it.

    Raises SettingsRefused where the file cannot be read, is empty, or `NAME` is given too.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = _said(field_name.upper() + FILE) if holds_secret(field) else None
        if path is None:
            return None, field_name, False
        if _said(field_name.upper()) is not None:
            name = field_name.upper()
            raise SettingsRefused(f"{name} and {name}{FILE} are both set: set one of them")
        return _content(field_name.upper() + FILE, path), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        values = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in values.items() if value is not None}


def _said(name: str) -> str | None:
    """Read a variable; like settings, whatever its case, and not when it is empty."""
    for key, value in os.environ.items():
        if key.upper() == name and value:
            return value
    return None


def _content(name: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsRefused(f"{name}: the file cannot be read ({why})") from None
    if not text:
        raise SettingsRefused(f"{name}: the file is empty")
    return text


def password_of(url: str) -> str:
    """The password within a URL, as the URL has it; empty where there is none."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def has_guessed_password(url: str) -> bool:
    """Whether a URL's password is its user's name, or among those that everybody tries first."""
    password = unquote(password_of(url)).lower()
    return bool(password) and password in {*GUESSED, unquote(urlsplit(url).username or "").lower()}


def refuse_slips(environ: Mapping[str, str], settings: type[BaseSettings], foreign: Collection[str]) -> None:
    """Raise SettingsRefused for variables that are nearly settings; the environment holds others' as well.

    `foreign` are names that stay others' though they look like ours.
    """
    wrong = [f"{name}: {why}" for name, why in _slips({*map(str.upper, environ)} - {*foreign}, settings)]
    if wrong:
        hint = "If it is another program's, name it in FOREIGN_VARIABLES."
        raise SettingsRefused("\n".join([*wrong, hint]))


def _slips(names: Collection[str], settings: type[BaseSettings]) -> Iterator[tuple[str, str]]:
    plain = {name.upper() for name in settings.model_fields}
    files = {name.upper() + FILE for name, field in settings.model_fields.items() if holds_secret(field)}
    known = {*plain, *files}
    for name in sorted({*names} - known):
        setting = name.removesuffix(FILE)
        if setting != name and setting in plain and len(setting) >= SHORTEST:
            yield name, f"only secrets are read from files; set {setting}"
        elif near := next((one for one in sorted(known) if _is_near(name, one)), None):
            yield name, f"there is no such setting; is {near} meant?"


def _is_near(name: str, known: str) -> bool:
    slips = (len(known) >= SHORTEST) + (len(known) >= LONG)
    return abs(len(name) - len(known)) <= slips and 0 < _distance(name, known) <= slips


def _distance(one: str, other: str) -> int:
    """How many letters were added, left out, changed or swapped with their neighbour."""
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, known in enumerate(other, 1):
            best = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != known))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == known:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
