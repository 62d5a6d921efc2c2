"""The same words in both forms, whatever people call themselves."""

import re
from html import unescape

from services.runtime.mail.layout import COLUMNS, Words, letter

URL = "https://dashboard.example/invite#abc"
WORDS = Words(
    "Join <Shop> & Co",
    ["<b>anna</b> invites you to join <Shop> & Co. " * 4],
    "Join <Shop> & Co",
    URL,
    ['It works "once".'],
)


def test_text_and_html_say_the_same():
    made = letter("ben@example.com", WORDS)
    plain = unescape(re.sub(r"<[^>]*>", " ", made.html.partition("<body")[2]))
    for said in (*WORDS.lead, WORDS.act, WORDS.url, *WORDS.notes):
        assert " ".join(said.split()) in " ".join(plain.split())
        assert " ".join(said.split()) in " ".join(made.text.split())
    assert f"\n{URL}\n" in made.text
    assert max(len(line) for line in made.text.splitlines()) <= COLUMNS


def test_a_name_is_no_markup():
    made = letter("ben@example.com", WORDS)
    assert "<b>" not in made.html
    assert "<Shop>" not in made.html
    assert made.html.count("<a ") == 1
    assert f'href="{URL}"' in made.html


def test_nothing_is_fetched():
    """No picture, no style sheet, no script: a letter does not tell when it is read."""
    made = letter("ben@example.com", WORDS)
    assert set(re.findall(r"https?://[^\"<\s]+", made.html)) == {URL}
    assert not re.search(r"<(img|link|script|style|iframe)", made.html)
