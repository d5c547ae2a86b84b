#!/usr/bin/env bash
# tekko 2.4.0 for Node, which reads and writes lines of IRC: an id loses its padding, a topic that is cleared looks like a
# question, and a smiley arrives without its eyes.
#
# IRCv3 ("Message tags", "Format") lets the value of a tag have every character but NUL, CR, LF, `;` and the space, so an
# id may be Base64 with its padding. tekko cuts a tag at each `=` and keeps the second part; a reply then names an id that
# no message has. The last parameter may be empty, and it may begin with a colon, which then has another one before it
# (RFC 2812, 2.3.1). "TOPIC #tea :" clears the topic and "TOPIC #tea" asks for it (3.2.4): both are read as ["#tea"].
# `format` puts the colon where there is a space, and nowhere else, so that of ":-)" everybody is shown "-)".
# irc-framework 4.14.0 reads all of it.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts tekko@2.4.0 irc-framework@4.14.0 >/dev/null
cat >lines.cjs <<'NODE'
const { ircLineParser } = require("irc-framework");
const { format, parse } = require("tekko");

const LINES = [
  "@msgid=bWVzc2FnZTE=;+draft/reply=a=b :ann!a@example.org PRIVMSG #tea :hello",
  "TOPIC #tea",
  "TOPIC #tea :",
  "TOPIC #tea :green",
];
for (const line of LINES) {
  console.log(line);
  for (const [name, read] of Object.entries({ tekko: parse, "irc-framework": ircLineParser })) {
    const { tags, params } = read(line);
    console.log(`  ${name} reads ${JSON.stringify(params)}`, ...Object.entries(tags ?? {}).map((tag) => tag.join(": ")));
  }
}
const print = console.log;
console.log = () => {}; // format() calls it
for (const text of [":-) hello", "hello", ":-)"]) {
  const line = format({ command: "PRIVMSG", params: ["#tea", text] });
  print(`${text} is written as "${line}" and read as "${ircLineParser(line).params[1]}"`);
}
NODE
node lines.cjs | tee found
diff found - <<'SEEN'
@msgid=bWVzc2FnZTE=;+draft/reply=a=b :ann!a@example.org PRIVMSG #tea :hello
  tekko reads ["#tea","hello"] msgid: bWVzc2FnZTE +draft/reply: a
  irc-framework reads ["#tea","hello"] msgid: bWVzc2FnZTE= +draft/reply: a=b
TOPIC #tea
  tekko reads ["#tea"]
  irc-framework reads ["#tea"]
TOPIC #tea :
  tekko reads ["#tea"]
  irc-framework reads ["#tea",""]
TOPIC #tea :green
  tekko reads ["#tea","green"]
  irc-framework reads ["#tea","green"]
:-) hello is written as "PRIVMSG #tea ::-) hello" and read as ":-) hello"
hello is written as "PRIVMSG #tea hello" and read as "hello"
:-) is written as "PRIVMSG #tea :-)" and read as "-)"
SEEN
