"""Whatever a text holds, a reader of Markdown shows that very text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from services.ingest.domain.markdown import heading, plain, table

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKS = "\\`*_{}[]<>#|~!&$^=@:/.-+1)('\" \n\tawx"
# Control characters come into no text of ours.
LETTERS = st.characters(exclude_categories=("Cc", "Cs"))
TEXTS = st.one_of(st.text(LETTERS, max_size=40), st.text(MARKS, max_size=40))
BLOCKS = ("heading", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "list_item", "paragraph")
PLAIN = {"inline", "text", *(f"{block}_{end}" for block in BLOCKS for end in ("open", "close"))}


def shown(markdown):
    """The kinds of everything that is read out of it, and its text."""
    kinds, texts = set(), []
    for token in READER.parse(markdown):
        kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            texts.append(child.content)
    return kinds, "".join(texts)


@given(TEXTS)
def test_a_text_is_nothing_but_text_wherever_it_stands(text):
    one_line = " ".join(text.split())
    lines = [*heading(plain(text), 1), *table(["What"], [[plain(text)]]), f"- {plain(text)}", "", plain(text)]
    kinds, read = shown("\n".join(lines))
    assert kinds <= PLAIN
    assert read == f"{one_line}What{one_line * 3}"


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[x](javascript:y)", "![x](http://a)", "<http://a>", "a | b", "&lt;b&gt;"],
)
def test_what_is_meant_badly_is_shown_as_it_is(text):
    assert READER.render(plain(text)).strip() == f"<p>{_escaped(text)}</p>"


def test_what_some_readers_make_a_link_of_is_taken_apart():
    assert plain("see https://a.example or www.a.example, anna@a.example") == (
        "see https\\://a.example or www\\.a.example, anna\\@a.example"
    )


def test_a_table_without_rows_is_nothing():
    assert list(table(["A"], [])) == []
    assert list(table(["A", "B"], [["1", "2"]])) == ["| A | B |", "|---|---|", "| 1 | 2 |", ""]


def _escaped(text):
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(mark, entity)
    return text
