#!/usr/bin/env bash
# irc-colors 1.5.0 for Node, which colours texts for IRC and takes colours out: it takes the comma behind a coloured word
# out with them.
#
# In IRC a colour is \x03 and the digits of the foreground, then perhaps a comma and the digits of the background. A \x03
# without digits ends the colour, and a comma right behind it is text, as is one behind the foreground that no digit
# follows (modern.ircdocs.horse, "IRC Formatting", Color). `stripColors` and `stripColorsAndStyle` take them all, and the
# digits behind them: of "ann, bob", whose names the package itself has coloured, the comma is gone, and of ",5" all.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts irc-colors@1.5.0 >/dev/null
cat >strip.cjs <<'NODE'
const colors = require("irc-colors");

// By the description: a foreground with or without a background, or the end of a colour.
const described = (text) => text.replace(/\x03(\d{1,2}(,\d{1,2})?)?/g, "");
const TEXTS = [
  `${colors.red("ann")}, ${colors.blue("bob")} and ${colors.green("cid")}`,
  colors.blue(", then home"),
  `${colors.red("low")},5 metres`,
  colors.red.bgyellow("ann"),
];
for (const text of TEXTS) {
  const [shown, left] = [described(text), colors.stripColors(text)].map((one) => JSON.stringify(one));
  console.log(JSON.stringify(text), "is shown as", shown, "and becomes", left);
}
NODE
node strip.cjs | tee found
diff found - <<'SEEN'
"\u000304ann\u0003, \u000312bob\u0003 and \u000303cid\u0003" is shown as "ann, bob and cid" and becomes "ann bob and cid"
"\u000312, then home\u0003" is shown as ", then home" and becomes " then home"
"\u000304low\u0003,5 metres" is shown as "low,5 metres" and becomes "low metres"
"\u000304,08ann\u0003" is shown as "ann" and becomes "ann"
SEEN
