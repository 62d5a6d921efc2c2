"""The document on security answers everything, and names only tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
ANSWER = r"^\| (\d+\.\d+\.\d+) \| (Met|Met in part|Not met|n/a) \| (.+) \|$"
ANSWERS = re.findall(ANSWER, DOCUMENT, re.MULTILINE)
LEVEL_2 = 253


def test_every_requirement_of_level_2_has_one_answer():
    ids = [tuple(map(int, number.split("."))) for number, _, _ in ANSWERS]
    assert ids == sorted(set(ids))
    assert len(ids) == LEVEL_2


def test_the_tests_it_names_exist():
    named = re.findall(r"`(?:tests/)?([\w/]+/\w+\.py)(?:::(\w+))?`", "\n".join(text for *_, text in ANSWERS))
    assert len(named) > 100
    missing = [f"{path}::{test}" for path, test in named if not _is_there(path, test)]
    assert missing == []


def _is_there(path: str, test: str) -> bool:
    file = ROOT / "tests" / path
    return file.exists() and (not test or f"def {test}(" in file.read_text())
