// Uploads a file with tus-js-client: `uploader.cjs ORIGIN TOKEN FILE CHUNK`. Says what happens, a JSON text a line.
// It hangs up in the middle of its second request and begins again; before its fifth one that brings bytes it waits
// for a line.
const fs = require("node:fs");
const readline = require("node:readline");
const tus = require("tus-js-client");

const [origin, token, path, chunk] = process.argv.slice(2);
const say = (kind, more) => console.log(JSON.stringify({ kind, ...more }));
const told = new Promise((resolve) => readline.createInterface(process.stdin).once("line", resolve));
let patches = 0;
let cut = false;

const upload = new tus.Upload(fs.createReadStream(path), {
  endpoint: `${origin}/files/tus`,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: "großes Bild.bin" },
  chunkSize: Number(chunk),
  retryDelays: [100, 200, 400, 800, 1600, 3200, 3200],
  async onBeforeRequest(request) {
    if (request.getMethod() !== "PATCH") return;
    patches += 1;
    if (patches === 5) {
      say("waiting");
      await told;
    }
  },
  onAfterResponse(request, response) {
    say("answer", {
      method: request.getMethod(),
      status: response.getStatus(),
      offset: Number(response.getHeader("Upload-Offset")),
    });
  },
  onProgress(sent) {
    if (patches === 2 && !cut && sent > 1.5 * Number(chunk)) {
      cut = true;
      upload.abort().then(() => {
        say("cut", { sent });
        upload.start();
      });
    }
  },
  onShouldRetry: (error) => {
    say("retry", { why: String(error).slice(0, 100) });
    return true;
  },
  onError(error) {
    say("failed", { why: String(error) });
    process.exit(1);
  },
  onSuccess({ lastResponse }) {
    say("done", { file: lastResponse.getHeader("Chatd-File") });
    process.exit(0);
  },
});
upload.start();
