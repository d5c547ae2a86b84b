"""Handler of `server.doctor`: asks after everything, and says what to do about what it finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import msgspec
import trio

from chatd.actors.workers.backups import BackupSchedule
from chatd.actors.workers.health import Health
from chatd.actors.workers.standbys import Standbys
from chatd.clock import now
from chatd.contract.doctor import AskDoctor, DoctorCheck, ServerDoctor
from chatd.contract.server import FollowerLoad, GetServerFollowers
from chatd.handlers import machine
from chatd.handlers.checks import fine, look, wrong
from chatd.handlers.server_loads import ServerLoads
from chatd.output import STDERR
from chatd.ports import BackupReader, Caller, Cluster
from chatd.settings import Settings

DAY: Final = 86_400_000  # milliseconds
BACKUP_AGE: Final = 7 * DAY
CERTIFICATE_SOON: Final = 14  # days
CERTIFICATE_NOW: Final = 3
FAR_BEHIND: Final = 5_000  # events
LATE: Final = 60_000  # milliseconds
SILENT: Final = 60_000
BEHIND: Final = 60  # seconds
EVERYBODY: Final = frozenset({"0.0.0.0/0", "::/0"})

# How many days the certificate of an https address is good for; raises OSError with what is wrong with it.
DaysLeft = Callable[[str], Awaitable[float]]


class Doctor(msgspec.Struct, frozen=True, eq=False):
    settings: Settings
    health: Health
    loads: ServerLoads
    reader: BackupReader
    standbys: Standbys
    cluster: Cluster | None
    days_left: DaysLeft
    schedule: BackupSchedule | None

    async def doctor(self, caller: Caller, query: AskDoctor) -> ServerDoctor:
        settings = self.settings
        checks = [
            *self._health(),
            *await self._cluster(),
            *await trio.to_thread.run_sync(machine.looked_at, settings.data, settings.max_connections),
            *await machine.clock(settings.data),
            await self._backups(),
            *self._standbys(),
            *await self._certificate(query.certificate),
            *self._push(),
            *self._settings(),
            *await self._followers(caller),
            *self._workers(),
        ]
        return ServerDoctor(ok=all(check.state != "wrong" for check in checks), checks=checks)

    def _health(self) -> Iterator[DoctorCheck]:
        for problem in self.health.problems:
            says, _, remedy = problem.partition("; ")
            yield wrong("server", says, remedy or "see `chatctl server status`")

    async def _cluster(self) -> list[DoctorCheck]:
        """That this node serves nobody is a problem that `Health` knows of."""
        if self.cluster is None:
            return []
        problems = [problem.partition("; ") for problem in (await self.cluster.status()).problems]
        found = [look("cluster", says, rest or "see `chatctl cluster status`") for says, _, rest in problems]
        return found or [fine("cluster", "well")]

    async def _backups(self) -> DoctorCheck:
        """One that is overdue by the schedule is a problem that `Health` knows of."""
        newest = await self.reader.newest_backup()
        scheduled = self.settings.backup_to
        if scheduled:
            says = f"made every {_span(self.settings.backup_every)} to {scheduled}"
            if self.schedule is not None and (why := self.schedule.failed_because) is not None:
                remedy = "mend that; it is tried again by itself within ten minutes"
                return look("backups", f"{says}; the last try failed: {why}", remedy)
            return fine("backups", says)
        advice = "set `backup_to`, or have `chatctl backup create` run every night"
        if newest is None:
            return look("backups", "none was ever made of this server", advice)
        age = max(0, now() - newest) // DAY
        says = f"none is scheduled; the newest was made {age} {'day' if age == 1 else 'days'} ago"
        return fine("backups", says) if age * DAY <= BACKUP_AGE else look("backups", says, advice)

    def _standbys(self) -> Iterator[DoctorCheck]:
        known = self.standbys.known()
        if self.settings.follow and not known:
            remedy = "start it with `chatd follow`; without one, set `follow` to false"
            yield look("standbys", "`follow` is set, but no standby has asked since the start", remedy)
        for one in known:
            silent = max(0, now() - one.at)
            behind = max(0, self.loads.figures.bus.head - one.position)
            says = f"{one.name} has everything up to position {one.position}, {behind} events behind"
            if silent > SILENT:
                says = (
                    f"{one.name} has not asked for {silent // 60_000} minutes; it had position {one.position}"
                )
                yield look("standbys", says, "look at that machine, and at the log of `chatd follow` there")
            elif one.lag > BEHIND or one.missing:
                says += f", and lacks {one.missing} files" if one.missing else ""
                yield look("standbys", says, "wait; if it stays so, look at the log of `chatd follow` there")
            else:
                yield fine("standbys", says)

    async def _certificate(self, wanted: bool) -> list[DoctorCheck]:
        url = self.settings.public_url
        if not wanted or not url.startswith("https://"):
            return []
        try:
            days = await self.days_left(url)
        except OSError as error:
            return [
                wrong("certificate", f"of {url}: {error}", "see the proxy's log, and renew the certificate")
            ]
        says = f"of {url}: good for {int(days)} days"
        if days < CERTIFICATE_NOW:
            return [wrong("certificate", says, "renew it now; the proxy should do so by itself")]
        if days < CERTIFICATE_SOON:
            return [look("certificate", says, "see why the proxy has not renewed it yet")]
        return [fine("certificate", says)]

    def _push(self) -> Iterator[DoctorCheck]:
        settings = self.settings
        if not settings.push:
            yield fine("web push", "is off")
            return
        if not settings.push_contact and not settings.public_url:
            remedy = "set `push_contact` to a mail address or web page, or `public_url`"
            yield look(
                "web push", "Apple's service takes nothing from a server that names no contact", remedy
            )
        pusher = self.loads.figures.pusher
        counts = {} if pusher is None else dict(pusher.counts)
        failed = {name: counts[name] for name in ("refused", "dropped", "failed") if counts.get(name)}
        if failed:
            says = ", ".join(f"{count} {name}" for name, count in failed.items())
            yield look("web push", f"since the start: {says}", "look for `push_refused` in the log")
        else:
            yield fine("web push", f"{counts.get('sent', 0)} sent since the start")

    def _settings(self) -> Iterator[DoctorCheck]:
        settings = self.settings
        found = list(_dangerous(settings))
        yield from found
        if not found:
            yield fine("settings", "none that is dangerous")

    async def _followers(self, caller: Caller) -> list[DoctorCheck]:
        found = (await self.loads.followers(caller, GetServerFollowers())).followers
        bad = [check for one in found if (check := _follower(one)) is not None]
        return bad or [fine("followers", f"all {len(found)} are up with the log")]

    def _workers(self) -> Iterator[DoctorCheck]:
        again = [f"{name} ({count})" for name, count in self.loads.figures.restarts() if count]
        if again:
            says = f"crashed and were started again: {', '.join(again)}"
            yield look("workers", says, "look for `actor_crashed` in the log, and report it")
        else:
            yield fine("workers", "none has crashed since the start")
        if STDERR.lost:
            yield look("log", f"{STDERR.lost} lines were not taken", "see what reads this program's stderr")


def _dangerous(settings: Settings) -> Iterator[DoctorCheck]:
    open_to_all = any(host in ("0.0.0.0", "::") for host in settings.hosts)  # noqa: S104 - compared, not bound
    if not settings.limits:
        remedy = "start without --no-limits; it is for load tests"
        yield wrong("settings", "limits are off: one account can take all of this server", remedy)
    if not settings.views:
        remedy = "set `views` to true; it is off for measurements"
        yield wrong("settings", "views are off: nothing is found, and nobody is notified", remedy)
    if EVERYBODY & set(settings.trusted_proxies):
        remedy = "name the proxy's address alone in `trusted_proxies`"
        yield wrong(
            "settings", "any address is believed to be a proxy, and can pretend to be anybody", remedy
        )
    if settings.sign_up == "open":
        remedy = "set `sign_up` to invite, unless this is meant"
        yield look("settings", "anybody may sign up", remedy)
    if open_to_all and not settings.public_url.startswith("https://"):
        remedy = "listen on 127.0.0.1 behind a proxy with TLS, and set `public_url`"
        yield look("settings", f"listens on {settings.host}, and no https address is set", remedy)
    if settings.log_level == "debug":
        yield look("settings", "`log_level` is debug", "set it to info; debug is much and slow")


def _follower(one: FollowerLoad) -> DoctorCheck | None:
    if one.error is not None:
        return wrong(
            "followers", f"{one.name} has stopped: {one.error}", "see `chatctl view list` and the log"
        )
    if one.lag > FAR_BEHIND:
        return look("followers", f"{one.name} is {one.lag} events behind", "wait, and look again")
    if one.late_ms > LATE:
        return look("followers", f"{one.name} is {one.late_ms // 1000} s late", "see how busy the disk is")
    return None


def _span(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"
