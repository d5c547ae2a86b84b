// Plain room broadcast over socket.io: WebSocket only, no compression, nothing stored, nobody checked.
// An event carries the same fields as chatd's `message.posted`, so that both servers move alike much.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
const heads = new Map();
let position = 0;

io.on("connection", (socket) => {
  socket.on("join", (room, joined) => {
    socket.join(room);
    joined(true);
  });
  socket.on("post", (room, text, nonce, posted) => {
    const seq = (heads.get(room) ?? 0) + 1;
    heads.set(room, seq);
    position += 1;
    const at = Date.now();
    io.to(room).emit("message.posted", { stream: room, seq, position, at, by: socket.id, data: { text, nonce } });
    posted({ seq, position, at });
  });
});

http.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
