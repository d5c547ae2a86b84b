// Node's `ws` with @msgpack/msgpack. What it must do stands in tests/e2e/talkers/__init__.py.
"use strict";

const fs = require("node:fs");
const WebSocket = require("ws");
const { encode, decodeMulti } = require("@msgpack/msgpack");

const OUTSTANDING = 8;
const task = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const unsent = task.texts.map((_, index) => index).reverse();
const unanswered = new Set();
const messages = [];
const frames = []; // all that came, each with the name of the request that it answers
let cursor = task.cursor;

const done = () => unsent.length === 0 && unanswered.size === 0 && messages.length >= task.total;

// The library's own decoding of long strings drops a byte order mark from their beginning, which is part
// of what somebody wrote. So it is asked for bytes, and these are decoded here.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function read(value) {
  if (value instanceof Uint8Array) return utf8.decode(value);
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, read(field)]));
}

function fail(why) {
  console.error(why);
  process.exit(1);
}

function post(socket, index) {
  const data = { room: task.room, text: task.texts[index], nonce: `${task.name}-${index}` };
  socket.send(encode({ id: index, command: "message.post", data }));
}

function postMore(socket) {
  while (unsent.length > 0 && unanswered.size < OUTSTANDING) {
    const index = unsent.pop();
    unanswered.add(index);
    post(socket, index);
  }
}

function take(frame) {
  frames.push([frame.id === "open" ? "session.open" : "message.post", frame]);
  if ("event" in frame) {
    cursor = { ...cursor, position: frame.position };
    if (frame.event === "message.posted") messages.push([frame.seq, frame.by, frame.data.text]);
  } else if (frame.error) {
    fail(`refused: ${JSON.stringify(frame)}`);
  } else if (frame.id === "open") {
    if (!frame.result.resumed) fail("the session did not resume");
  } else if ("id" in frame) {
    unanswered.delete(frame.id);
  }
}

function finish() {
  const lines = messages.map(([seq, by, text]) =>
    JSON.stringify([seq, by, Buffer.from(text, "utf8").toString("base64")]),
  );
  fs.writeFileSync(task.out, lines.map((line) => `${line}\n`).join(""));
  fs.writeFileSync(`${task.out}.frames`, JSON.stringify(frames));
  process.exit(0);
}

function connect() {
  const socket = new WebSocket(task.url, ["chatd.v1.msgpack"], { perMessageDeflate: false });
  socket.on("open", () => {
    socket.send(encode({ id: "open", command: "session.open", data: { token: task.token, cursor } }));
    for (const index of unanswered) post(socket, index);
    postMore(socket);
  });
  socket.on("message", (message) => {
    for (const frame of decodeMulti(message, { rawStrings: true })) take(read(frame));
    if (done()) finish();
    postMore(socket);
  });
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(connect, 50));
}

connect();
