// Reads a list of AsyncAPI documents from its standard input; prints what their parser finds, and what it has read.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

(async () => {
  const parser = new Parser();
  const newest = "asyncapi-latest-version"; // a hint that there is one: not everything that reads documents knows it
  const found = { diagnostics: [], operations: [] };
  for (const text of JSON.parse(readFileSync(0, "utf8"))) {
    const { document, diagnostics } = await parser.parse(text);
    const told = diagnostics.filter(({ code }) => code !== newest);
    found.diagnostics.push(...told.map(({ code, path, message }) => [code, path.join("."), message]));
    if (document) found.operations.push(...document.operations().all().map((operation) => operation.id()));
  }
  process.stdout.write(JSON.stringify(found));
})();
