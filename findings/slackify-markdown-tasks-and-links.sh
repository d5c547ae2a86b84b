#!/usr/bin/env bash
# slackify-markdown 4.5.0 turns Markdown into Slack's: a done and an open task come out alike, code changes its meaning, and
# one link stops the whole message.
#
# It reads GitHub's task lists, and "[x]" and "[ ]" both become a plain bullet. Two spaces at the end of a line, which no
# writer sees, become a backslash, which Slack shows. Slack undoes its escapes in code as well; what the text has as &lt;
# in code, to show the escape itself, is passed on as it is and shown as <. A link with %E9 in it, as sites whose addresses
# are Latin-1 have (RFC 3986, 2.1, allows every byte), raises a URIError, so that nothing of the message is posted.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts slackify-markdown@4.5.0 >/dev/null
cat >post.mjs <<'NODE'
import slackifyMarkdown from "slackify-markdown";

const texts = {
  "open task": "- [ ] buy tea",
  "done task": "- [x] buy tea",
  "line break": "one  \ntwo",
  "sign, in code": "`a < b`",
  "escaped, in code": "`a &lt; b`",
  "link in UTF-8": "[menu](https://example.org/caf%C3%A9)",
  "link in Latin-1": "[menu](https://example.org/caf%E9)",
};
for (const [name, text] of Object.entries(texts)) {
  let said;
  try {
    said = JSON.stringify(slackifyMarkdown(text));
  } catch (error) {
    said = error.name;
  }
  console.log(`${name}: ${said}`);
}
NODE
node post.mjs | tee found
diff found - <<'SEEN'
open task: "•   buy tea\n"
done task: "•   buy tea\n"
line break: "one\\\ntwo\n"
sign, in code: "`a < b`\n"
escaped, in code: "`a &lt; b`\n"
link in UTF-8: "<https://example.org/caf%C3%A9|menu>\n"
link in Latin-1: URIError
SEEN
