"""Forty bodies that no route may take, as raw bytes: what a JSON library would not even write."""

import json
from collections.abc import Collection, Mapping
from typing import Any

# In every body, in a place where an answer might repeat it.
ECHO = "zq7echo"
MARK = f'"{ECHO}"'.encode()
DEEP = 10_000

# What stands in the place of a good body.
WHOLE: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t ",
    "not JSON": ECHO.encode(),
    "a form": f"name={ECHO}&role=admin".encode(),
    "XML": f"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///{ECHO}'>]><x>&e;</x>".encode(),
    "a text": MARK,
    "a number": b"7",
    "a list": b"[" + MARK + b"]",
    "null": b"null",
    "true": b"true",
    "NaN": b"NaN",
    "-Infinity": b"-Infinity",
    "an empty object, not ended": b"{",
    "NUL bytes": b"\0" * 64,
    "bytes that are no UTF-8": b'{"' + ECHO.encode() + b'\xff\xfe": 1}',
    "UTF-16": f'{{"{ECHO}": 1}}'.encode("utf-16"),
    "lists, 10,000 deep": b"[" * DEEP + b"]" * DEEP,
    "lists, 10,000 deep and open": b"[" * DEEP,
    "objects, 10,000 deep": b'{"a":' * DEEP + MARK + b"}" * DEEP,
    "two megabytes of blanks": b" " * 2_000_000 + b"{}",
}

# What stands in the place of one of its fields.
VALUES: dict[str, bytes] = {
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "-Infinity": b"-Infinity",
    "a number beyond floats": b"1e999",
    "an integer of 400 digits": b"9" * 400,
    "an integer beyond 64 bits": b"18446744073709551616",
    "a negative number": b"-1",
    "a fraction": b"0.5",
    "a truth": b"true",
    "an object": b'{"<' + ECHO.encode() + b'>": ' + MARK + b"}",
    "a list in a list": b"[[" + MARK + b"]]",
    "half a character": b'"\\ud800' + ECHO.encode() + b'"',
    "the other half": b'"' + ECHO.encode() + b'\\udfff"',
    "a NUL in a text": b'"' + ECHO.encode() + b'\\u0000"',
    "a bare control character": b'"' + ECHO.encode() + b'\x01"',
    "a text of 200 kB": b'"' + ECHO.encode() * 30_000 + b'"',
    "10,000 deep": b"[" * DEEP + MARK + b"]" * DEEP,
}


def around(good: bytes) -> dict[str, bytes]:
    """What is done to a good body."""
    return {
        "an unknown field": good[:-1] + f', "<{ECHO}>": "{ECHO}"}}'.encode(),
        "words behind it": good + b" " + MARK,
        "single quotes": good.replace(b'"', b"'"),
    }


def bad_bodies(
    good: Mapping[str, Any], fields: Collection[str], truths: Collection[str] = ()
) -> dict[str, bytes]:
    """All forty; those that stand in the place of a field, for each field. `truths` are true or false."""
    placed = {
        f"{what} as {name}": _with(good, name, b'"true"' if value == b"true" and name in truths else value)
        for name in fields
        for what, value in VALUES.items()
    }
    return WHOLE | placed | around(json.dumps(good).encode())


def _with(good: Mapping[str, Any], name: str, value: bytes) -> bytes:
    rest = "".join(f', "{key}": {json.dumps(kept)}' for key, kept in good.items() if key != name)
    return f'{{"{name}": '.encode() + value + rest.encode() + b"}"
