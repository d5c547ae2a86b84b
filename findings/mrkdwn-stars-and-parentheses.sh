#!/usr/bin/env bash
# markdown-to-mrkdwn 0.3.3 and md2mrkdwn 0.4.5, which turn Markdown into Slack's: 2 * 3 * 4 loses its stars, and a link
# its end.
#
# A star with blanks around it begins no emphasis (CommonMark 0.31.2, 6.2), and one behind a backslash is a star (2.4).
# Both take the text between two stars for emphasis all the same, and write underscores: Slack shows 2 _ 3 _ 4, which
# nobody wrote. An address may hold parentheses that match (6.3), as those of encyclopedias do; both end it at the first
# one that closes, so the link leads to another page, with a parenthesis behind it. Neither escapes & and <, for which
# Slack's documents ask for &amp; and &lt;. The first also changes code: in backticks `a ** b ** c` loses two stars.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check markdown-to-mrkdwn==0.3.3 md2mrkdwn==0.4.5
cat >convert.py <<'PYTHON'
from markdown_to_mrkdwn import SlackMarkdownConverter
from md2mrkdwn import convert

TEXTS = (
    "2 * 3 * 4",
    r"\*no emphasis\*",
    "[Rust](https://example.org/Rust_(language))",
    "R&D wants a < b",
    "`a ** b ** c`",
)
for text in TEXTS:
    first, second = SlackMarkdownConverter().convert(text), convert(text)
    print(text, "=>", first if first == second else f"{first} and {second}")
PYTHON
venv/bin/python convert.py | tee found
diff found - <<'SEEN'
2 * 3 * 4 => 2 _ 3 _ 4
\*no emphasis\* => \_no emphasis\_
[Rust](https://example.org/Rust_(language)) => <https://example.org/Rust_(language|Rust>)
R&D wants a < b => R&D wants a < b
`a ** b ** c` => `a * b * c` and `a ** b ** c`
SEEN
