"""How our letters look: the same words as plain text, and as HTML that needs nothing from a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from textwrap import fill

from services.runtime.mail import Letter

COLUMNS = 76

# Mail programs know no style sheets worth the name: what matters stands at each element, and colours that
# hold on light and on dark paper. A long word, as an address may be, breaks.
PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>$subject</title>
</head>
<body style="margin:0;padding:32px 16px;font:15px/24px system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:480px;margin:0 auto;overflow-wrap:anywhere">
<p style="margin:0 0 24px;font-weight:600">Team Dashboard</p>
$lead
<p style="margin:24px 0"><a href="$url" style="display:inline-block;padding:8px 16px;border-radius:6px;\
background:#3763d9;color:#ffffff;font-weight:600;text-decoration:none">$act</a></p>
$notes
<p style="margin:24px 0 0;font-size:13px;line-height:20px">If the button does nothing, open this \
address:<br>$url</p>
</div>
</body>
</html>
""")
PARAGRAPH = Template('<p style="margin:0 0 12px">$text</p>')


@dataclass(frozen=True, slots=True)
class Words:
    """`lead` says what it is about, `act` what the link does, `notes` what to know besides. No markup."""

    subject: str
    lead: Sequence[str]
    act: str
    url: str
    notes: Sequence[str]


def letter(to: str, words: Words) -> Letter:
    """Set the words as a letter."""
    return Letter(to, words.subject, _text(words), _html(words))


def _text(words: Words) -> str:
    link = f"{words.act}:\n{words.url}"
    parts = [*(_filled(each) for each in words.lead), link, *(_filled(each) for each in words.notes)]
    return "\n\n".join([*parts, "-- \nTeam Dashboard\n"])


def _filled(text: str) -> str:
    return fill(text, COLUMNS, break_long_words=False, break_on_hyphens=False)


def _html(words: Words) -> str:
    plain = {"subject": words.subject, "act": words.act, "url": words.url}
    return PAGE.substitute(
        {name: escape(text) for name, text in plain.items()},
        lead=_paragraphs(words.lead),
        notes=_paragraphs(words.notes),
    )


def _paragraphs(texts: Sequence[str]) -> str:
    return "\n".join(PARAGRAPH.substitute(text=escape(text)) for text in texts)
