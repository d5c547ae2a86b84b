"""What a client keeps: a snapshot asked for once, and every event since applied to it.

Made like the client of somebody who has read the protocol and nothing else. What an event does not say, the
client asks for: the whole of a room or space when its account enters it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from .talking import Client, Frame, Refused, history

# Event types that change nothing that a client keeps, and why.
WITHOUT_STATE = {
    "account.created": "what is in it comes with session.open",
    "account.secured": "tells what became of passwords and codes, which no query shows",
    "member.muted": "asked for when somebody looks at who is muted",
    "member.unmuted": "as above",
    "member.unbanned": "as above",
    "member.erasure_ordered": "asked for when somebody looks at whose messages will be erased",
    "member.erasure_cancelled": "as above",
    "member.messages_erased": "the messages go one by one, each with its event",
    "room.created": "rooms that one is not in are asked for when somebody looks for one to join",
    "import.begun": "asked for when somebody looks at what was imported",
    "import.finished": "as above",
    "import.undone": "as above",
    "message.reported": "nobody keeps what they reported, and moderators ask for it",
    "report.resolved": "as above",
    "room.override_set": "overrides, and what one may by them, are asked for when a room is looked at",
    "space.created": "its owner enters it with the next event, and asks for the whole",
    "backup.created": "of the server's stream, which no client gets",
    "view.rebuilt": "as above",
    "server.compacted": "as above",
    "account.deleted": "nobody is left to keep anything",
    "room.exported": "tells who did it, and no query but the audit shows it",
    "space.exported": "as above",
    "message.erased": "it was deleted long before",
    "file.added": "uploads are asked for when somebody looks at them",
    "file.deleted": "as above; whoever is shown it in a message learns it when the file is asked for",
    "thread.followed": "no query shows which threads one follows",
    "thread.unfollowed": "as above",
}

LEAVES = ("member.left", "member.kicked", "member.banned")
MEMBER = ("role", "joined_at", "disabled")


@attrs.define
class State:
    """Everything as plain data, keyed so that the order in which things were learned does not show."""

    account: str
    profile: Frame = attrs.Factory(dict)
    spaces: dict[str, Frame] = attrs.Factory(dict)
    rooms: dict[str, Frame] = attrs.Factory(dict)
    preferences: Frame = attrs.Factory(dict)
    subscriptions: dict[str, Frame] = attrs.Factory(dict)
    bookmarks: dict[tuple[str, int], Frame] = attrs.Factory(dict)
    notifications: dict[str, Frame] = attrs.Factory(dict)
    bots: dict[str, list[str]] = attrs.Factory(dict)  # -> scopes
    blocks: set[str] = attrs.Factory(set)


# --- the snapshot ------------------------------------------------------------------------------------------


def snapshot(client: Client) -> State:
    """All that the account may see, asked for by a session that was opened just now."""
    state = State(client.opened["account"]["id"], dict(client.opened["account"]))
    for space in client.opened["spaces"]:
        state.spaces[space["id"]] = load_space(client, space["id"])
    for room in client.opened["rooms"]:
        state.rooms[room["id"]] = load_room(client, room["id"])
    found = client.ask("preferences.get")
    state.preferences = found["preferences"]
    state.subscriptions = {row.pop("room"): row for row in found["subscriptions"]}
    for row in _all(client, "bookmark.list", "bookmarks"):
        state.bookmarks[row["room"], row["seq"]] = {"note": row["note"], "at": row["at"]}
    for row in _all(client, "notification.list", "notifications"):
        state.notifications[row.pop("id")] = row
    state.blocks = {row["account"] for row in _all(client, "block.list", "blocks")}
    state.bots = {row["account"]: row["scopes"] for row in client.ask("bot.list")["bots"]}
    return state


def _all(client: Client, name: str, what: str, **where: str) -> list[Frame]:
    page = client.ask(name, **where, limit=500)
    assert page["next"] is None
    found: list[Frame] = page[what]
    return found


def load_space(client: Client, space: str) -> Frame:
    frame: Frame = client.ask("space.get", space=space)["space"]
    members = _all(client, "space.members", "members", space=space)
    frame["members"] = {row["account"]: {name: row[name] for name in MEMBER} for row in members}
    emoji = client.ask("emoji.list", space=space)["emoji"]
    frame["emoji"] = {row.pop("name"): row for row in emoji}
    if frame["role"] in ("owner", "admin", "moderator"):
        invites = client.ask("invite.list", space=space, all=True)["invites"]
        frame["invites"] = {row.pop("id"): row for row in invites}
    return frame


def load_room(client: Client, room: str) -> Frame:
    frame: Frame = client.ask("room.get", room=room)["room"]
    del frame["member"]
    for asked_for in ("accounts", "disabled", "rights", "overrides", "listed"):
        frame.pop(asked_for, None)
    members = _all(client, "room.members", "members", room=room)
    frame["members"] = {row["account"]: {name: row[name] for name in MEMBER} for row in members}
    frame["messages"] = {message["seq"]: _kept(message) for message in history(client, room)}
    pins = client.ask("pin.list", room=room)["pins"]
    assert all(_kept(pin["message"]) == frame["messages"][pin["seq"]] for pin in pins)
    frame["pins"] = {pin["seq"]: {"by": pin["by"], "at": pin["at"]} for pin in pins}
    return frame


def _kept(message: Frame) -> Frame:
    """A client cannot know which of its reactions began first once one of them was taken away."""
    for reaction in message["reactions"]:
        assert reaction["count"] == len(reaction["accounts"])
    return {**message, "reactions": {one["emoji"]: one["accounts"] for one in message["reactions"]}}


# --- what happened since -----------------------------------------------------------------------------------


@attrs.define
class Reducer:
    """Applies events and signals to a state. `client` is asked for what the account enters."""

    state: State
    client: Client
    told: dict[str, Frame] = attrs.field(init=False)  # shown or not, in the order of the log
    gone: set[tuple[str, int]] = attrs.field(factory=set, init=False)  # deleted messages of any room

    @told.default
    def _told(self) -> dict[str, Frame]:
        return dict(self.state.notifications)

    def apply(self, event: Frame) -> None:
        """A notification is shown as long as the text mentions the account and its author is not blocked."""
        self._apply(event)
        if event["event"] == "notification.created" and self._is_of_the_past(event["data"]):
            del self.state.notifications[event["data"]["notification"]]
        for id_, row in self.state.notifications.items():
            self.told.setdefault(id_, row)
        if event["event"] in ("message.edited", "block.added", "block.removed"):
            self._look_at_notifications()
        self._show()

    def _show(self) -> None:
        self.state.notifications = {id_: row for id_, row in self.told.items() if self._shown(row)}

    def _shown(self, row: Frame) -> bool:
        if row["from"] in self.state.blocks:
            return False
        room = self.state.rooms.get(row["room"])
        if row["kind"] != "mention" or room is None or row["seq"] not in room["messages"]:
            return True
        return bool({self.state.account, "room"} & set(room["messages"][row["seq"]]["mentions"]))

    def _look_at_notifications(self) -> None:
        asked = _all(self.client, "notification.list", "notifications")[::-1]  # of earlier stays too
        found = {row.pop("id"): row for row in asked}
        found |= {id_: row for id_, row in self.state.notifications.items() if id_ in found}
        self.told = found | {id_: row for id_, row in self.told.items() if id_ not in found}

    def _apply(self, event: Frame) -> None:
        kind, _, id_ = event["stream"].partition("/")
        if event["event"] in WITHOUT_STATE:
            return
        change = CHANGES[kind, event["event"]]
        if event["event"] in LEAVES and event["data"].get("account") == self.state.account and kind == "room":
            self.told = {id: row for id, row in self.told.items() if row["room"] != id_ or row["scheduled"]}
            self._show()
        if kind == "account":
            change(self.state, event)
            if event["event"] == "read.marked_unread":
                self._look_at_markers()
            if event["event"].startswith(("block.", "direct.")):
                self._look_at_direct_rooms()
        elif event["event"] == "member.joined" and event["data"]["account"] == self.state.account:
            self._enter(kind, id_)
        elif kind == "space":
            if (space := self.state.spaces.get(id_)) is not None:
                change(space, event)
                self._follow_space(id_, event)
        elif (room := self.state.rooms.get(id_)) is not None:
            if event["seq"] > room["head"]:
                change(room, event)
                room["head"] = event["seq"]
            self._follow(id_, event)
        elif event["event"] == "message.posted":
            self._look_at_direct_rooms()  # the message may bring one back
        elif event["event"] == "message.deleted":
            self._forget_message(id_, event["data"]["seq"])

    def _look_at_markers(self) -> None:
        for row in _all(self.client, "unread.list", "rooms"):
            if (kept := self.state.rooms.get(row["room"])) is not None:
                kept["read"] = row["read"]
        for row in _all(self.client, "notification.list", "notifications"):
            if (kept := self.told.get(row["id"])) is not None:
                kept["read"] = row["read"]

    def _look_at_direct_rooms(self) -> None:
        """Which are listed, and which are requests, follows from blocks and from what was said in others: a
        client asks."""
        listed = {room["id"]: room["request"] for room in _all(self.client, "direct.list", "rooms")}
        for id_ in [id_ for id_, room in self.state.rooms.items() if room["kind"] == "direct"]:
            if id_ not in listed:
                del self.state.rooms[id_]
        for id_, request in listed.items():
            if id_ in self.state.rooms:
                self.state.rooms[id_]["request"] = request
            else:
                self.state.rooms[id_] = load_room(self.client, id_)

    def _enter(self, kind: str, id_: str) -> None:
        """What it loads may be of later than the event. A room tells by its `head` which events are in it; a
        space does not, so those are applied once more. What is not there, or not for this account any
        more, is left alone: the event that says so is still to come."""
        try:
            if kind == "room":
                room = load_room(self.client, id_)
                if room["kind"] != "direct":
                    self.state.rooms[id_] = room
                else:
                    self._look_at_direct_rooms()
                self._look_at_notifications()
            else:
                self.state.spaces[id_] = load_space(self.client, id_)
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def _follow_space(self, space: str, event: Frame) -> None:
        """What an event in a space means for its rooms, and for what the account sees of it."""
        data = event["data"]
        inside = [id_ for id_, room in self.state.rooms.items() if room["space"] == space]
        mine = data.get("account") == self.state.account
        if event["event"] == "space.deleted" or (event["event"] in LEAVES and mine):
            del self.state.spaces[space]
            for id_ in inside:
                del self.state.rooms[id_]
        elif event["event"] in LEAVES:
            for id_ in inside:
                self.state.rooms[id_]["members"].pop(data["account"], None)
        elif event["event"] in ("member.disabled", "member.enabled"):
            for id_ in inside:
                _reached(self.state.rooms[id_], event)
        elif event["event"] == "member.role_set" and (mine or "owner" in (data["role"], data["before"])):
            self.state.spaces[space] = load_space(self.client, space)

    def _follow(self, room: str, event: Frame) -> None:
        """What an event in a room means for what the account keeps elsewhere."""
        data = event["data"]
        if event["event"] in LEAVES and data["account"] == self.state.account:
            del self.state.rooms[room]
            return
        mine = event["event"] == "message.posted" and event["by"] == self.state.account
        if mine and self.state.rooms[room]["kind"] == "direct":
            self._look_at_direct_rooms()  # to whom one writes is new no more
        if event["event"] == "room.deleted":
            del self.state.rooms[room]
        if event["event"] == "message.deleted":
            self._forget_message(room, data["seq"])

    def _is_of_the_past(self, data: Frame) -> bool:
        """Whether the message was deleted while the account was about to be notified of it."""
        room, seq = data["room"], data.get("seq")
        known = self.state.rooms.get(room, {"messages": {}})["messages"].get(seq, {"deleted": False})
        return (room, seq) in self.gone or bool(known["deleted"])

    def _forget_message(self, room: str, seq: int) -> None:
        """In a direct room that is not listed too."""
        self.gone.add((room, seq))
        self.state.bookmarks.pop((room, seq), None)
        self.told = {id_: row for id_, row in self.told.items() if (row["room"], row["seq"]) != (room, seq)}
        self._show()

    def hear(self, signal: Frame) -> None:
        if signal["signal"] == "read.marked":
            self.read(signal["stream"].removeprefix("room/"), signal["data"]["seq"])

    def read(self, room: str, seq: int) -> None:
        """A marker never goes back, but what is heard of it may be older than what was asked for."""
        if (kept := self.state.rooms.get(room)) is not None:
            kept["read"] = max(seq, kept["read"])
        for row in self.told.values():
            row["read"] = row["read"] or (row["room"] == room and (row["seq"] or seq + 1) <= seq)


# --- rooms: each takes the room as it is kept, and the event -----------------------------------------------


def _joined(place: Frame, event: Frame) -> None:
    data = event["data"]
    place["members"][data["account"]] = {
        "role": data.get("role"),
        "joined_at": event["at"],
        "disabled": False,
    }
    if invite := place.get("invites", {}).get(data.get("invite")):
        invite["uses"] += 1
        invite["joined"] = [{"account": data["account"], "at": event["at"]}, *invite["joined"]][:100]
        invite["ended"] = invite["uses"] == invite["max_uses"]


def _left(place: Frame, event: Frame) -> None:
    place["members"].pop(event["data"]["account"], None)


def _reached(place: Frame, event: Frame) -> None:
    if (member := place["members"].get(event["data"]["account"])) is not None:
        member["disabled"] = event["event"] == "member.disabled"


def _updated(place: Frame, event: Frame) -> None:
    place.update({name: value for name, value in event["data"].items() if name != "reason"})


def _archived(room: Frame, event: Frame) -> None:
    room["archived"] = event["event"] == "room.archived"


def _locked(place: Frame, event: Frame) -> None:
    place["locked"] = event["event"] in ("room.locked", "space.locked")


def _gone(place: Frame, event: Frame) -> None:
    """The whole of it: see `Reducer`."""


def _posted(room: Frame, event: Frame) -> None:
    data = event["data"]
    message = {
        **{name: event[name] for name in ("seq", "position", "at", "by")},
        **{name: data.get(name) for name in ("text", "nonce", "reply_to", "expires_at")},
        **{name: data.get(name, []) for name in ("attachments", "files")},
        "mentions": data.get("mentions", []),
        "reactions": {},
        "edited_at": None,
        "deleted": False,
        "pinned": False,
        "thread": None,
    }
    room["messages"][event["seq"]] = message
    _count_replies(room, message)


def _count_replies(room: Frame, message: Frame) -> None:
    """Of the thread that the message belongs to, without those that are deleted."""
    root = _root(room, message)
    replies = [reply for reply in room["messages"].values() if reply["reply_to"] and not reply["deleted"]]
    times = [reply["at"] for reply in replies if _root(room, reply) is root]
    root["thread"] = {"replies": len(times), "last_at": times[-1]} if times else None


def _root(room: Frame, message: Frame) -> Frame:
    while message["reply_to"] is not None:
        message = room["messages"][message["reply_to"]]
    return message


def _edited(room: Frame, event: Frame) -> None:
    data = event["data"]
    change = {"text": data.get("text"), "mentions": data.get("mentions", []), "edited_at": event["at"]}
    room["messages"][data["seq"]].update(change)


def _deleted(room: Frame, event: Frame) -> None:
    seq = event["data"]["seq"]
    nothing: Frame = {"text": None, "mentions": [], "reactions": {}, "pinned": False}
    nothing |= {"attachments": [], "files": []}
    room["messages"][seq].update(deleted=True, **nothing)
    _count_replies(room, room["messages"][seq])
    room["pins"].pop(seq, None)


def _reacted(room: Frame, event: Frame) -> None:
    reactions = room["messages"][event["data"]["seq"]]["reactions"]
    reactions.setdefault(event["data"]["emoji"], []).append(event["by"])


def _unreacted(room: Frame, event: Frame) -> None:
    reactions = room["messages"][event["data"]["seq"]]["reactions"]
    reactions[event["data"]["emoji"]].remove(event["by"])
    if not reactions[event["data"]["emoji"]]:
        del reactions[event["data"]["emoji"]]


def _pinned(room: Frame, event: Frame) -> None:
    room["pins"][event["data"]["seq"]] = {"by": event["by"], "at": event["at"]}
    room["messages"][event["data"]["seq"]]["pinned"] = True


def _unpinned(room: Frame, event: Frame) -> None:
    del room["pins"][event["data"]["seq"]]
    room["messages"][event["data"]["seq"]]["pinned"] = False


# --- spaces ------------------------------------------------------------------------------------------------


def _invited(space: Frame, event: Frame) -> None:
    if "invites" in space:
        names = ("role", "max_uses", "expires_at")
        invite = {name: event["data"].get(name) for name in names}
        space["invites"][event["data"]["invite"]] = {**invite, "uses": 0, "by": event["by"]} | {
            "joined": [],
            "ended": False,
        }


def _uninvited(space: Frame, event: Frame) -> None:
    space.get("invites", {}).pop(event["data"]["invite"], None)


def _role(space: Frame, event: Frame) -> None:
    space["members"][event["data"]["account"]]["role"] = event["data"]["role"]


def _emoji_added(space: Frame, event: Frame) -> None:
    emoji = {"image": event["data"]["image"], "by": event["by"], "at": event["at"]}
    space["emoji"][event["data"]["name"]] = emoji


def _emoji_removed(space: Frame, event: Frame) -> None:
    space["emoji"].pop(event["data"]["name"], None)


# --- the account's own -------------------------------------------------------------------------------------


def _profile(state: State, event: Frame) -> None:
    state.profile.update({field: value for field, value in event["data"].items() if field != "reason"})


def _renamed(state: State, event: Frame) -> None:
    state.profile["name"] = event["data"]["name"]


def _preferences(state: State, event: Frame) -> None:
    state.preferences.update(event["data"])


def _subscription(state: State, event: Frame) -> None:
    data = dict(event["data"])
    state.subscriptions.setdefault(data.pop("room"), {"level": None, "muted_until": None}).update(data)


def _bookmarked(state: State, event: Frame) -> None:
    data = event["data"]
    kept = state.bookmarks.setdefault((data["room"], data["seq"]), {"at": event["at"]})
    kept["note"] = data.get("note")


def _unbookmarked(state: State, event: Frame) -> None:
    state.bookmarks.pop((event["data"]["room"], event["data"]["seq"]), None)


def _bot(state: State, event: Frame) -> None:
    state.bots[event["data"]["bot"]] = event["data"]["scopes"]


def _bot_gone(state: State, event: Frame) -> None:
    state.bots.pop(event["data"]["bot"], None)


def _blocked(state: State, event: Frame) -> None:
    state.blocks.add(event["data"]["account"])


def _unblocked(state: State, event: Frame) -> None:
    state.blocks.discard(event["data"]["account"])


def _asked_for(state: State, event: Frame) -> None:
    """How far the account has read is asked for: see `Reducer`."""


def _of_direct_room(state: State, event: Frame) -> None:
    """What it means for the list of direct rooms: see `Reducer`."""


def _notified(state: State, event: Frame) -> None:
    data = event["data"]
    row = {name: data.get(name) for name in ("kind", "room", "seq", "from", "scheduled", "reason")}
    more = {"at": event["at"], "quiet": data.get("quiet", False), "read": False}
    state.notifications.setdefault(data["notification"], {**row, **more})


def _read(state: State, event: Frame) -> None:
    for id_ in event["data"]["ids"]:
        if id_ in state.notifications:
            state.notifications[id_]["read"] = True


CHANGES: dict[tuple[str, str], Callable[[Any, Frame], None]] = {
    ("room", "member.joined"): _joined,
    ("room", "member.left"): _left,
    ("room", "member.kicked"): _left,
    ("room", "member.disabled"): _reached,
    ("room", "member.enabled"): _reached,
    ("room", "room.updated"): _updated,
    ("room", "room.retention_set"): _updated,
    ("room", "room.hold_set"): _updated,
    ("room", "room.archived"): _archived,
    ("room", "room.unarchived"): _archived,
    ("room", "room.locked"): _locked,
    ("room", "room.unlocked"): _locked,
    ("room", "room.deleted"): _gone,
    ("room", "message.posted"): _posted,
    ("room", "message.edited"): _edited,
    ("room", "message.deleted"): _deleted,
    ("room", "reaction.added"): _reacted,
    ("room", "reaction.removed"): _unreacted,
    ("room", "pin.added"): _pinned,
    ("room", "pin.removed"): _unpinned,
    ("space", "member.joined"): _joined,
    ("space", "member.left"): _left,
    ("space", "member.kicked"): _left,
    ("space", "member.banned"): _left,
    ("space", "member.role_set"): _role,
    ("space", "member.disabled"): _reached,
    ("space", "member.enabled"): _reached,
    ("space", "space.updated"): _updated,
    ("space", "space.retention_set"): _updated,
    ("space", "space.hold_set"): _updated,
    ("space", "space.deleted"): _gone,
    ("space", "space.locked"): _locked,
    ("space", "space.unlocked"): _locked,
    ("space", "invite.created"): _invited,
    ("space", "invite.revoked"): _uninvited,
    ("space", "emoji.added"): _emoji_added,
    ("space", "emoji.removed"): _emoji_removed,
    ("account", "account.updated"): _profile,
    ("account", "account.renamed"): _renamed,
    ("account", "preferences.updated"): _preferences,
    ("account", "subscription.updated"): _subscription,
    ("account", "bookmark.added"): _bookmarked,
    ("account", "bookmark.removed"): _unbookmarked,
    ("account", "read.marked_unread"): _asked_for,
    ("account", "notification.created"): _notified,
    ("account", "block.added"): _blocked,
    ("account", "block.removed"): _unblocked,
    ("account", "direct.accepted"): _of_direct_room,
    ("account", "direct.declined"): _of_direct_room,
    ("account", "direct.left"): _of_direct_room,
    ("account", "bot.created"): _bot,
    ("account", "bot.updated"): _bot,
    ("account", "bot.deleted"): _bot_gone,
    ("account", "notification.read"): _read,
}
