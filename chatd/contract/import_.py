"""Imports: the people, rooms and messages of another chat, brought into a space of a running server.

An operator begins an import, adds what was exported in batches, and finishes it. A `key` is what the other
chat calls a thing; whoever adds the same key again, in this import or a later one from the same `source`, is
answered with what was made of it, so that an import that was cut off, or one of a newer export, begins anew
from the top.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from chatd.contract.fields import (
    MAX_PAGE,
    NO_NUL,
    AccountName,
    Emoji,
    EmojiName,
    Id,
    Limit,
    Name,
    Picture,
    TextOrNone,
    Time,
    Topic,
)
from chatd.contract.file import Attachments
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query

MAX_PEOPLE: Final = 100  # in one request
MAX_ROOMS: Final = 100
MAX_MESSAGES: Final = 500
MAX_VERSIONS: Final = 50  # of a message
MAX_REACTIONS: Final = 500  # on a message: people times emoji
UNDONE_AT_ONCE: Final = 500  # messages that a call of `import.undo` erases at most

Key = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Format = Annotated[str, Meta(min_length=1, max_length=32, pattern="^[a-z0-9-]+$")]
Source = Annotated[str, Meta(max_length=200, pattern=NO_NUL)]


class BeginImport(Struct, frozen=True):
    space: Id
    format: Format
    source: Source


class ImportPerson(Struct, frozen=True):
    """`account`: the person is this one, who is here already; without it a placeholder is made that has
    `name`, or one like it. `member`: it becomes a member of the space."""

    key: Key
    name: AccountName
    display_name: Name | None = None
    account: Id | None = None
    member: bool = True


class ImportRoom(Struct, frozen=True):
    """`members` are accounts; of a `direct` room the people that it is for, at least two. `room`: it is this
    one, which is here already. Where a room of the space has the name, the new one is called something like
    it."""

    key: Key
    name: Name
    kind: Literal["public", "private", "direct"]
    topic: Topic | None = None
    archived: bool = False
    created_at: Time | None = None
    members: Annotated[list[Id], Meta(max_length=10_000)] = []
    room: Id | None = None


class ImportVersion(Struct, frozen=True):
    text: TextOrNone
    at: Time


class ImportReaction(Struct, frozen=True):
    by: Id
    emoji: Emoji


class ImportMessage(Struct, frozen=True, omit_defaults=True):
    """`thread` and `reply_to` are keys of messages of the room that were added before. `versions` are earlier
    texts, the oldest first. `deleted`: only that it was there is known."""

    key: Key
    by: Id
    at: Time
    text: TextOrNone
    thread: Key | None = None
    reply_to: Key | None = None
    edited_at: Time | None = None
    versions: Annotated[list[ImportVersion], Meta(max_length=MAX_VERSIONS)] = []
    deleted: bool = False
    pinned_by: Id | None = None
    reactions: Annotated[list[ImportReaction], Meta(max_length=MAX_REACTIONS)] = []
    attachments: Attachments | None = None


class AddImportPeople(Struct, frozen=True):
    import_: Id = field(name="import")
    people: Annotated[list[ImportPerson], Meta(max_length=MAX_PEOPLE)]


class AddImportRooms(Struct, frozen=True):
    import_: Id = field(name="import")
    rooms: Annotated[list[ImportRoom], Meta(max_length=MAX_ROOMS)]


class AddImportEmoji(Struct, frozen=True):
    import_: Id = field(name="import")
    name: EmojiName
    image: Picture


class AddImportMessages(Struct, frozen=True):
    import_: Id = field(name="import")
    room: Id
    messages: Annotated[list[ImportMessage], Meta(max_length=MAX_MESSAGES)]


class FindImported(Struct, frozen=True):
    import_: Id = field(name="import")
    room: Id
    keys: Annotated[list[Key], Meta(max_length=MAX_MESSAGES)]


class FinishImport(Struct, frozen=True):
    import_: Id = field(name="import")


class UndoImport(Struct, frozen=True):
    import_: Id = field(name="import")


class ListImportPeople(Struct, frozen=True):
    import_: Id = field(name="import")
    after: Id | None = None
    limit: Limit = MAX_PAGE


class ListImports(Struct, frozen=True):
    space: Id
    after: Id | None = None
    limit: Limit = MAX_PAGE


class Import(Struct, frozen=True, kw_only=True):
    """`by` whom; `people` and `rooms` are those that it made, `messages` those that it brought and that are
    not deleted."""

    id: Id
    space: Id
    format: str
    source: str
    by: str
    begun_at: Time
    finished_at: Time | None
    undone_at: Time | None
    people: int
    rooms: int
    messages: int


class PersonMade(Struct, frozen=True, kw_only=True):
    """An account that an import made; `placeholder`: nobody has claimed it yet."""

    account: Id
    name: str
    display_name: str
    placeholder: bool


class PeopleMade(Struct, frozen=True, kw_only=True):
    people: list[PersonMade]
    next: Id | None


class ImportResult(Struct, frozen=True, kw_only=True):
    """`import`: its id."""

    import_: Id = field(name="import")


class ImportedPerson(Struct, frozen=True, kw_only=True):
    """`made`: by this request."""

    key: str
    account: Id
    name: str
    made: bool


class ImportedPeople(Struct, frozen=True, kw_only=True):
    people: list[ImportedPerson]


class ImportedRoom(Struct, frozen=True, kw_only=True):
    """`own`: an import made it for this room of the export. Where not, others may have the same keys for
    messages that are there. `deleted`: somebody deleted it here, and it takes no messages."""

    key: str
    room: Id
    name: str
    made: bool
    own: bool
    deleted: bool = False


class ImportedRooms(Struct, frozen=True, kw_only=True):
    rooms: list[ImportedRoom]


class EmojiMade(Struct, frozen=True, kw_only=True):
    """`made`: the space had none of this name."""

    made: bool


class ImportedMessages(Struct, frozen=True, kw_only=True):
    """How many messages were added, changed, deleted, and already as they are; reactions and pins that were
    added or could not be; messages whose `thread` or `reply_to` is not in the room: they stand alone; and
    added ones from later than the server's clock, whose time is that of the clock."""

    added: int
    edited: int
    deleted: int
    unchanged: int
    reactions: int
    dropped: int
    missing_roots: int
    future: int = 0


class FoundMessages(Struct, frozen=True, kw_only=True):
    """The keys of those that were imported before; of these, `bare` ones have no files and are not
    deleted."""

    keys: list[str]
    bare: list[str]


class ImportUndone(Struct, frozen=True, kw_only=True):
    """How many messages this call erased. `done`: nothing is left of the import but what people use, which is
    counted then: rooms and accounts that it made, memberships that it gave to others, custom emoji.
    `stays_with`: another import of the same source, with which memberships and custom emoji stay."""

    erased: int
    done: bool
    rooms_left: int = 0
    people_left: int = 0
    members_left: int = 0
    emoji_left: int = 0
    stays_with: Id | None = None


class ImportList(Struct, frozen=True, kw_only=True):
    imports: list[Import]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "import.begin",
        BeginImport,
        ImportResult,
        doc="Begins an import into a space.",
        http=Http("POST", "/spaces/{space}/imports", 201),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        events=("import.begun",),
        notes=(
            "`source` tells the workspace or server from others: what was imported from it before is found"
            " again.",
        ),
    ),
    command(
        "import.add_people",
        AddImportPeople,
        ImportedPeople,
        doc="Adds people of the other chat: a placeholder for each that is not known.",
        http=Http("POST", "/imports/{import}/people"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("account.created", "member.joined"),
        notes=(
            "Nobody can sign in to a placeholder until an operator hands out a link to set its password"
            " (`account.recovery_link`). It is no administrator, whatever the export says.",
        ),
    ),
    command(
        "import.add_rooms",
        AddImportRooms,
        ImportedRooms,
        doc="Adds rooms of the other chat.",
        http=Http("POST", "/imports/{import}/rooms"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("room.created", "member.joined", "room.archived"),
    ),
    command(
        "import.add_emoji",
        AddImportEmoji,
        EmojiMade,
        doc="Adds a custom emoji of the other chat.",
        http=Http("POST", "/imports/{import}/emoji"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("emoji.added",),
        notes=("Where the space has one of that name, it stays as it is.",),
    ),
    command(
        "import.add_messages",
        AddImportMessages,
        ImportedMessages,
        doc="Adds messages to a room of the import, in the order in which they are to stand.",
        http=Http("POST", "/imports/{import}/rooms/{room}/messages"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=("message.posted", "message.edited", "message.deleted", "reaction.added", "pin.added"),
        notes=(
            "They keep their authors and times, notify nobody and do not count as unread. A message whose key"
            " is known is changed where it is said to have been edited or deleted later; reactions and pins"
            " are added.",
        ),
    ),
    command(
        "import.find",
        FindImported,
        FoundMessages,
        doc="Which messages of a room were imported before.",
        http=Http("POST", "/imports/{import}/rooms/{room}/find"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        notes=("Changes nothing. It is a command because so many keys do not fit into an address.",),
    ),
    command(
        "import.finish",
        FinishImport,
        doc="Says that an import is complete.",
        http=Http("POST", "/imports/{import}/finish"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
        events=("import.finished",),
    ),
    command(
        "import.undo",
        UndoImport,
        ImportUndone,
        doc="Takes an import back: erases its messages, then deletes all else that only it brought.",
        http=Http("POST", "/imports/{import}/undo"),
        scope="never",
        asker="operator",
        refusals=("not_found", "conflict"),
        events=(
            *("message.deleted", "room.deleted", "account.updated", "member.left", "account.deleted"),
            *("emoji.removed", "import.undone"),
        ),
        notes=(
            f"Each call erases at most {UNDONE_AT_ONCE} messages: ask again until `done`. A room stays if"
            " somebody has written in it since, an account that its person has claimed, a custom emoji that a"
            " message or a reaction shows, and a member who has written, reacted, set the level of a room,"
            " joined another one or been given a role. Memberships and custom emoji stay, too, as long as"
            " another import of the same source has something (`stays_with`).",
        ),
    ),
    query(
        "import.people",
        ListImportPeople,
        PeopleMade,
        doc="The accounts that an import made.",
        http=Http("GET", "/imports/{import}/people"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
    ),
    query(
        "import.list",
        ListImports,
        ImportList,
        doc="The imports into a space, the oldest first.",
        http=Http("GET", "/spaces/{space}/imports"),
        scope="never",
        asker="operator",
        refusals=("not_found",),
    ),
)
