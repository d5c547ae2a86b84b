"""The server: its state, its load, its soundness."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatd.contract.errors import Code
from chatd.contract.fields import DEFAULT_PAGE, Limit, SignUpMode, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, StreamKind, command, query
from chatd.contract.view import ViewState


class GetServerAbout(Struct, frozen=True):
    pass


class GetServerStatus(Struct, frozen=True):
    pass


class GetServerTop(Struct, frozen=True):
    pass


class CheckServer(Struct, frozen=True):
    pass


class CompactServer(Struct, frozen=True):
    pass


class VerifyServer(Struct, frozen=True):
    contents: bool = True


class GetServerSessions(Struct, frozen=True):
    pass


class GetServerStreams(Struct, frozen=True):
    kind: StreamKind | None = None
    after: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    limit: Limit = DEFAULT_PAGE


class GetServerFollowers(Struct, frozen=True):
    pass


class ServerAbout(Struct, frozen=True, kw_only=True):
    """`name` of the server, who may sign up, and `set_up`: whether it has an account already."""

    name: str
    sign_up: SignUpMode
    set_up: bool


class ActorCounts(Struct, frozen=True, kw_only=True):
    awake: int
    rooms: int
    spaces: int
    accounts: int


class BackupState(Struct, frozen=True, kw_only=True):
    """Backups that the server makes by itself: `to` where, `every` so many seconds. `last` is when the newest
    good one was made, `position` where it ends, if this server made it, and `took` how many seconds that
    took. `failures` since the start; `error`: why the newest try failed, if it did."""

    to: str
    every: int
    last: Time | None
    position: int | None
    took: float | None
    made: int
    failures: int
    error: str | None


class StandbyState(Struct, frozen=True, kw_only=True):
    """A standby that follows this server: `name` is its machine and the port of its page, `by` whose token it
    has. When it asked last, `heard_at`, it had everything up to `position`, lacked `files_missing` files, and
    for `lag_seconds` had not had all that there was."""

    name: str
    by: str
    position: int
    lag_seconds: int
    files_missing: int
    heard_at: Time


class Compacting(Struct, frozen=True, kw_only=True):
    """`server.compact` that is under way: at which `step`, and how much of it is done."""

    step: Literal["reading", "copying", "clearing", "shrinking"]
    percent: int


class ServerStatus(Struct, frozen=True, kw_only=True):
    """Sizes in bytes, `uptime` in seconds. `ready`: whether commands can be stored. `problems` in words.
    Since the start: `refused` counts frames by the code of their refusal, `log_lines_lost` the lines that the
    log on stderr did not take, `clock_steps` how often the clock was set, and `last_clock_step` says by how
    many seconds the last time, negative: back."""

    version: str
    ready: bool
    problems: list[str]
    epoch: str
    position: int
    started_at: Time
    uptime: int
    pid: int
    data: str
    address: str
    accounts: int
    spaces: int
    rooms: int
    files: int
    file_bytes: int
    connections: int
    sessions: int
    memory: int
    database: int
    wal: int
    refused: dict[Code, int]
    log_lines_lost: int
    clock_steps: int
    last_clock_step: int | None
    actors: ActorCounts
    views: list[ViewState]
    backup: BackupState | None = None
    standbys: list[StandbyState] = []
    compacting: Compacting | None = None


class CommitCounts(Struct, frozen=True, kw_only=True):
    """`last_*` of the newest commit, means over all."""

    count: int
    failed: int
    facts: int
    last_batch: int
    mean_batch: float
    last_ms: float
    mean_ms: float
    waiting: int


class ActorLoad(Struct, frozen=True, kw_only=True):
    name: str
    depth: int
    capacity: int
    oldest_wait_ms: float
    turns: int
    handled: int
    restarts: int


class SessionLoad(Struct, frozen=True, kw_only=True):
    """`account` is null before a session is open, and at the admin socket, whose `by` is `operator:<uid>`.
    `queued` bytes were not read by the client yet; `behind`: the session reads the log at the speed of its
    client, which began `demotions` times because the client was too slow. `open` requests have no answer yet,
    `handled` came since it began."""

    name: str
    by: str
    account: str | None
    device: str | None
    protocol: str
    began_at: Time
    queued: int
    behind: bool
    demotions: int
    open: int
    handled: int


class ServerSessions(Struct, frozen=True, kw_only=True):
    """At most 200, those first that leave most unread, then the busiest. `total` counts all."""

    sessions: list[SessionLoad]
    total: int


class StreamLoad(Struct, frozen=True, kw_only=True):
    """`seq` and `at` of the newest event; `minute` counts the events of the last minute, as far as the newest
    5,000 of the log tell."""

    stream: str
    seq: int
    at: Time
    minute: int


class ServerStreams(Struct, frozen=True, kw_only=True):
    """`busiest`: at most 20 of all streams, whatever page was asked for."""

    streams: list[StreamLoad]
    busiest: list[StreamLoad]
    next: str | None


class FollowerLoad(Struct, frozen=True, kw_only=True):
    """Who follows the log: a view, the notifier. The scheduler follows the clock instead: it has no
    `position`, and `late_ms` says how long what is due has waited. `error` is what keeps it from going on, or
    null."""

    name: str
    position: int | None
    head: int
    lag: int
    late_ms: int
    restarts: int
    error: str | None


class ServerFollowers(Struct, frozen=True, kw_only=True):
    followers: list[FollowerLoad]


class ServerTop(Struct, frozen=True, kw_only=True):
    """At most 50 actors, the busiest first. `behind`: sessions that read the log at the speed of their
    clients, which began `demotions` times. `demotions`, `refused` and what follows count since the start, as
    in `server.status`."""

    position: int
    commits: CommitCounts
    connections: int
    sessions: int
    behind: int
    demotions: int
    refused: dict[Code, int]
    log_lines_lost: int
    clock_steps: int
    last_clock_step: int | None
    actors: list[ActorLoad]
    loop_lag_ms: float
    cpu_seconds: float
    memory: int


class ServerChecked(Struct, frozen=True, kw_only=True):
    """`findings` in words."""

    ok: bool
    findings: list[str]


class ServerCompacted(Struct, frozen=True, kw_only=True):
    """Bytes of the database and the views' file, `before` and `after`."""

    before: int
    after: int


class ServerVerified(Struct, frozen=True, kw_only=True):
    """How many events were replayed, how many blobs of files were looked at, how many blobs no file names
    (`orphans`; they are collected later), and the findings in words."""

    ok: bool
    events: int
    blobs: int
    orphans: int
    findings: list[str]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "server.about",
        GetServerAbout,
        ServerAbout,
        doc="What somebody at the door needs to know.",
        http=Http("GET", "/server/about"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        notes=(
            "While `set_up` is false, the link that the server printed when it started makes the first"
            " account.",
        ),
    ),
    query(
        "server.status",
        GetServerStatus,
        ServerStatus,
        doc="Version, address, sizes, counts and health of the server.",
        http=Http("GET", "/server/status"),
        scope="never",
        asker="operator",
        notes=("Sizes are in bytes.",),
    ),
    query(
        "server.top",
        GetServerTop,
        ServerTop,
        doc="The busiest actors, commit batches, connections.",
        http=Http("GET", "/server/top"),
        scope="never",
        asker="operator",
        notes=("At most 50 actors, the busiest first.",),
    ),
    query(
        "server.sessions",
        GetServerSessions,
        ServerSessions,
        doc="The connections of clients: whose they are, and what they leave unread.",
        http=Http("GET", "/server/sessions"),
        scope="never",
        asker="operator",
        notes=("At most 200 sessions; those that leave most unread come first.",),
    ),
    query(
        "server.streams",
        GetServerStreams,
        ServerStreams,
        doc="The streams of the log, where each ends, and which are busy.",
        http=Http("GET", "/server/streams"),
        scope="never",
        asker="operator",
        notes=(
            "By name: `after` is the `next` of the page before. Streams are named by ids; what they are"
            " called is asked for as by anybody else.",
        ),
    ),
    query(
        "server.followers",
        GetServerFollowers,
        ServerFollowers,
        doc="Who follows the log, and how far: views, notifier, scheduler.",
        http=Http("GET", "/server/followers"),
        scope="never",
        asker="operator",
    ),
    query(
        "server.check",
        CheckServer,
        ServerChecked,
        doc="Checks the database file and the space on the disk.",
        http=Http("GET", "/server/check"),
        scope="never",
        asker="operator",
        notes=("`findings` are sentences for people.",),
    ),
    command(
        "server.compact",
        CompactServer,
        ServerCompacted,
        doc="Gives disk back: what erased texts and dropped tables have taken.",
        http=Http("POST", "/server/compact"),
        scope="never",
        asker="operator",
        refusals=("conflict",),
        events=("server.compacted",),
        notes=(
            "The server goes on; it may take minutes. `conflict`: it is under way already, or the disk has"
            " not enough space to begin. If the caller leaves, it stops; the next one begins again.",
        ),
    ),
    query(
        "server.verify",
        VerifyServer,
        ServerVerified,
        doc="Replays the log, compares the tables with it, and looks at the bytes of all files.",
        http=Http("GET", "/server/verify"),
        scope="never",
        asker="operator",
        notes=(
            "With `contents` the bytes of all files are read and their hashes compared; without, only their"
            " sizes are.",
        ),
    ),
)
