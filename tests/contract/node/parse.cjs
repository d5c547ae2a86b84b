// Reads an AsyncAPI document from its standard input; prints what its parser finds, and what it has read.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

(async () => {
  const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
  process.stdout.write(
    JSON.stringify({
      diagnostics: diagnostics.map(({ code, path, message }) => [code, path.join("."), message]),
      operations: document ? document.operations().all().map((operation) => operation.id()) : [],
    }),
  );
})();
