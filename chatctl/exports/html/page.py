"""The frame of every page. It asks nothing of any host: styles stand in it, scripts are forbidden."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

# 'self' means nothing on a disk in some browsers: there `file:` does.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; base-uri 'none'; form-action 'none'"
)

_STYLE: Final = Markup(
    """
:root { color-scheme: light dark; --back: #fff; --text: #1c2024; --dim: #60666d; --line: #dfe3e6;
  --soft: #f3f5f6; --link: #0b62c4; --mark: #e7f0fb }
@media (prefers-color-scheme: dark) { :root { --back: #15181b; --text: #e4e7ea; --dim: #9aa2aa;
  --line: #30363b; --soft: #1e2327; --link: #78b3ff; --mark: #1b2c42 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem 1rem 4rem; background: var(--back);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
a { color: var(--link) }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0.5rem 0 }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem }
.dim, time, .edited, .size { color: var(--dim); font-size: 0.875rem }
.day { color: var(--dim); font-size: 0.875rem; font-weight: 600; margin: 1.5rem 0 0.5rem;
  border-bottom: 1px solid var(--line) }
.rooms { list-style: none; padding: 0 }
.rooms li { padding: 0.4rem 0; border-bottom: 1px solid var(--line) }
nav { display: flex; gap: 1rem; flex-wrap: wrap; margin: 1rem 0 }
article { padding: 0.35rem 0.5rem; border-radius: 0.4rem }
article:target { background: var(--mark) }
article.reply { margin-inline-start: 1.5rem; padding-inline-start: 0.9rem; border-radius: 0;
  border-inline-start: 2px solid var(--line) }
article p.dim { margin: 0 }
article header { display: flex; gap: 0.5rem; align-items: baseline; flex-wrap: wrap }
article header a { color: inherit; text-decoration: none }
article header a:hover, article header a:focus { text-decoration: underline }
.text > :first-child { margin-top: 0 } .text > :last-child { margin-bottom: 0 }
.text p, .text pre, .text blockquote, .text ul, .text ol { margin: 0.3rem 0 }
.text p { unicode-bidi: plaintext; text-align: start } .text li p { unicode-bidi: normal }
.heading { font-weight: 700 }
blockquote { border-inline-start: 3px solid var(--line); padding-inline-start: 0.8rem; color: var(--dim) }
pre, code { background: var(--soft); border-radius: 0.25rem; font: 0.875rem/1.45 ui-monospace, monospace }
pre, code { direction: ltr; unicode-bidi: isolate; text-align: left }
code { padding: 0.1em 0.3em } pre { padding: 0.6rem; overflow-x: auto } pre code { padding: 0 }
.spoiler { background: var(--dim); color: transparent; border-radius: 0.25rem; cursor: pointer }
.spoiler:hover, .spoiler:focus { background: var(--soft); color: inherit }
.spoiler:not(:hover, :focus) > * { visibility: hidden }
.mention { background: var(--mark); border-radius: 0.25rem; padding: 0 0.2em }
.emoji { height: 1.3em; width: auto; vertical-align: -0.25em }
.files, .reactions { list-style: none; padding: 0; margin: 0.3rem 0; display: flex; gap: 0.4rem;
  flex-wrap: wrap; align-items: start }
.reactions li { background: var(--soft); border: 1px solid var(--line); border-radius: 1rem;
  padding: 0 0.6rem }
.files li { border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.3rem 0.6rem }
.files img { display: block; max-width: 100%; max-height: 20rem; border-radius: 0.25rem }
details { font-size: 0.875rem; color: var(--dim) } summary { cursor: pointer }
@media print { body { max-width: none } nav { display: none } pre { white-space: pre-wrap } }
"""
)


def page(title: str, body: Markup) -> Markup:
    return Markup(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="%s">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n%s</body>\n</html>\n"
    ) % (_POLICY, title, _STYLE, body)
