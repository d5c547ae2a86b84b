#!/usr/bin/env bash
# tekko 2.4.0 for Node, which parses IRC: the id of a message loses what follows its second `=`, and a topic that is cleared
# looks like a question for the topic.
#
# IRCv3 ("Message tags", "Format") lets the value of a tag have every character but NUL, CR, LF, `;` and the space, so that
# an id may be Base64 with its padding. tekko cuts the tag at each `=` and keeps the second part: a reply names another
# id than the message has. The last parameter of a message may be empty (RFC 2812, 2.3.1: a trailing of no character).
# "TOPIC #tea :" clears the topic and "TOPIC #tea" asks for it (3.2.4), and the `params` of both are ["#tea"] here, though
# a text that is not empty is among them. irc-framework 4.14.0 reads all of it.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts tekko@2.4.0 irc-framework@4.14.0 >/dev/null
cat >read.cjs <<'NODE'
const irc = require("irc-framework").ircLineParser;
const tekko = require("tekko");
const LINES = [
  "@msgid=bWVzc2FnZTE= :ann!a@example.org PRIVMSG #tea :hello",
  "@msgid=bWVzc2FnZTE=;+draft/reply=a=b :ann!a@example.org PRIVMSG #tea :hello",
  "TOPIC #tea",
  "TOPIC #tea :",
  "TOPIC #tea :green",
];
for (const line of LINES) {
  console.log(line);
  const read = { tekko: tekko.parse(line), "irc-framework": irc(line) };
  for (const [name, { tags, command, params }] of Object.entries(read))
    console.log(`  ${name}: ${JSON.stringify({ ...tags })} ${command} ${JSON.stringify(params)}`);
}
NODE
node read.cjs | tee found
diff found - <<'SEEN'
@msgid=bWVzc2FnZTE= :ann!a@example.org PRIVMSG #tea :hello
  tekko: {"msgid":"bWVzc2FnZTE"} PRIVMSG ["#tea","hello"]
  irc-framework: {"msgid":"bWVzc2FnZTE="} PRIVMSG ["#tea","hello"]
@msgid=bWVzc2FnZTE=;+draft/reply=a=b :ann!a@example.org PRIVMSG #tea :hello
  tekko: {"msgid":"bWVzc2FnZTE","+draft/reply":"a"} PRIVMSG ["#tea","hello"]
  irc-framework: {"msgid":"bWVzc2FnZTE=","+draft/reply":"a=b"} PRIVMSG ["#tea","hello"]
TOPIC #tea
  tekko: {} TOPIC ["#tea"]
  irc-framework: {} TOPIC ["#tea"]
TOPIC #tea :
  tekko: {} TOPIC ["#tea"]
  irc-framework: {} TOPIC ["#tea",""]
TOPIC #tea :green
  tekko: {} TOPIC ["#tea","green"]
  irc-framework: {} TOPIC ["#tea","green"]
SEEN
