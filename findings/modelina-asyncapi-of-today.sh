#!/usr/bin/env bash
# @asyncapi/modelina 5.10.1: of an AsyncAPI document of version 3.1.0 it makes one class, `any`, and says nothing.
#
# AsyncAPI's own parser reads 3.1.0 and tells authors of documents of 3.0.0 to go there
# (asyncapi-latest-version). Modelina, which makes classes of the messages, knows versions up to 3.0.0. What it
# does not know it does not refuse: it reads the whole document as a schema, which allows everything. So a
# document has to say 3.0.0 as long as it needs nothing newer, whatever the parser recommends.
#
# Seen: the table at the end.
# Needs node and npm. Ends with status 1 when any of that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @asyncapi/modelina@5.10.1 @asyncapi/parser@3.6.6 >/dev/null

cat >read.cjs <<'JS'
const { TypeScriptGenerator } = require("@asyncapi/modelina");
const { Parser } = require("@asyncapi/parser");

const document = (version) => ({
  asyncapi: version,
  info: { title: "chat", version: "1" },
  channels: { room: { address: "room", messages: { posted: { $ref: "#/components/messages/posted" } } } },
  operations: { post: { action: "send", channel: { $ref: "#/channels/room" } } },
  components: {
    messages: {
      posted: { payload: { title: "MessagePosted", type: "object", properties: { text: { type: "string" } } } },
    },
  },
});

(async () => {
  for (const version of ["3.0.0", "3.1.0"]) {
    const models = await new TypeScriptGenerator().generate(document(version));
    const found = models.some(({ modelName }) => modelName === "MessagePosted");
    console.log(version, found ? "MessagePosted" : models.map(({ result }) => result).join("\n"));
    const { diagnostics } = await new Parser().parse(JSON.stringify(document(version)));
    for (const { code } of diagnostics) if (code === "asyncapi-latest-version") console.log("parser", version, code);
  }
})();
JS
node read.cjs | tee found
diff found - <<'END'
3.0.0 MessagePosted
parser 3.0.0 asyncapi-latest-version
3.1.0 type Root = any;
END
