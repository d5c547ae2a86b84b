#!/usr/bin/env bash
# slack-markdown 0.3.0 for Node, which shows Slack's messages as HTML: a link with two parameters leads to another
# address, and a quote is none.
#
# Slack has &, < and > in a text as &amp;, &lt; and &gt; ("Formatting text for app surfaces"). The package escapes them
# once more, so that people are shown &amp; and &lt;. `escapeHTML: false` mends the words, but neither the addresses, whose
# second parameter is then called "amp;b", nor the quotes, which it looks for as ">". Single letters and digits are a case
# of their own: *1* and *2* become one bold text with stars in it. slack-hawk-down 0.3.5 shows all of these as Slack does.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts slack-markdown@0.3.0 slack-hawk-down@0.3.5 he@1.2.0 >/dev/null
cat >show.cjs <<'NODE'
const { decode } = require("he");
const hawk = require("slack-hawk-down");
const { toHTML } = require("slack-markdown");

const { escapeForSlackWithMarkdown } = hawk.default ?? hawk;
const show = {
  "slack-markdown": (text) => toHTML(text),
  "slack-markdown, escapeHTML: false": (text) => toHTML(text, { escapeHTML: false }),
  "slack-hawk-down": escapeForSlackWithMarkdown,
};
const TEXTS = ["tea &amp; cake", "<https://example.org/?a=1&amp;b=2|menu>", "&gt; noon?", "*one* and *two*", "*1* and *2*"];
for (const text of TEXTS) {
  console.log(text);
  for (const [name, html] of Object.entries(show)) {
    const shown = html(text);
    const address = /href="([^"]*)"/.exec(shown);
    const seen = address ? `leads to ${decode(address[1])}` : shown.replaceAll(/span class="slack_(\w+)"/g, "$1");
    console.log(`  ${name}: ${seen}`);
  }
}
NODE
node show.cjs | tee found
diff found - <<'SEEN'
tea &amp; cake
  slack-markdown: tea &amp;amp; cake
  slack-markdown, escapeHTML: false: tea &amp; cake
  slack-hawk-down: tea &amp; cake
<https://example.org/?a=1&amp;b=2|menu>
  slack-markdown: leads to https://example.org/?a=1&amp;b=2
  slack-markdown, escapeHTML: false: leads to https://example.org/?a=1&amp;b=2
  slack-hawk-down: leads to https://example.org/?a=1&b=2
&gt; noon?
  slack-markdown: &amp;gt; noon?
  slack-markdown, escapeHTML: false: &gt; noon?
  slack-hawk-down: <block> noon?</span>
*one* and *two*
  slack-markdown: <strong>one</strong> and <strong>two</strong>
  slack-markdown, escapeHTML: false: <strong>one</strong> and <strong>two</strong>
  slack-hawk-down: <bold>one</span> and <bold>two</span>
*1* and *2*
  slack-markdown: <strong>1* and *2</strong>
  slack-markdown, escapeHTML: false: <strong>1* and *2</strong>
  slack-hawk-down: <bold>1</span> and <bold>2</span>
SEEN
