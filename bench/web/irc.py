"""An IRC server as small as The Lounge needs one: names, one channel, messages handed on. RFC 1459."""

from __future__ import annotations

import socket
import threading

HOST = "bench"


class Irc:
    """Serves on a free port of this machine, each connection in a thread, until it is closed."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._inside: dict[socket.socket, str] = {}
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        with self._lock:
            for peer in self._inside:
                peer.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        nick = "*"
        try:
            for raw in peer.makefile("rb"):
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                command, _, rest = line.partition(" ")
                if command == "NICK":
                    nick = rest.lstrip(":")
                elif command == "USER":
                    self._send(
                        peer, f":{HOST} 001 {nick} :welcome", f":{HOST} 005 {nick} CHANTYPES=# :are supported"
                    )
                    self._send(peer, f":{HOST} 422 {nick} :no message of the day")
                elif command == "CAP" and rest.startswith("LS"):
                    self._send(peer, f":{HOST} CAP * LS :")
                elif command == "PING":
                    self._send(peer, f":{HOST} PONG {HOST} {rest}")
                elif command == "JOIN":
                    self._join(peer, nick, rest.split()[0].lstrip(":"))
                elif command == "PRIVMSG":
                    self._say(peer, f":{nick}!{nick}@{HOST} PRIVMSG {rest}")
        except OSError:
            pass
        finally:
            with self._lock:
                self._inside.pop(peer, None)
            peer.close()

    def _join(self, peer: socket.socket, nick: str, channel: str) -> None:
        with self._lock:
            self._inside[peer] = nick
            names = " ".join(self._inside.values())
            others = list(self._inside)
        for one in others:
            self._send(one, f":{nick}!{nick}@{HOST} JOIN {channel}")
        self._send(peer, f":{HOST} 353 {nick} = {channel} :{names}", f":{HOST} 366 {nick} {channel} :end")

    def _say(self, author: socket.socket, line: str) -> None:
        with self._lock:
            others = [peer for peer in self._inside if peer is not author]
        for peer in others:
            self._send(peer, line)

    def _send(self, peer: socket.socket, *lines: str) -> None:
        peer.sendall("".join(f"{line}\r\n" for line in lines).encode())
