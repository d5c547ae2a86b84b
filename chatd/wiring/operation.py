"""Operation: what operators ask the server about itself."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from chatd.actors.workers.standbys import Standbys
from chatd.handlers.cluster import ClusterHandlers
from chatd.handlers.doctor import Doctor
from chatd.handlers.event import Events
from chatd.handlers.figures import Figures
from chatd.handlers.registry import Handlers
from chatd.handlers.server import Server
from chatd.handlers.server_about import AboutServer
from chatd.handlers.server_loads import ServerLoads
from chatd.handlers.server_upkeep import ServerUpkeep
from chatd.handlers.view import ViewHandlers
from chatd.wiring.base import Base
from chatd.wiring.files import FileServices

if TYPE_CHECKING:
    from chatd.cluster.node import Node


class OperationServices:
    def __init__(self, base: Base, files: FileServices, node: Node | None) -> None:
        self.standbys = Standbys()
        self.figures = Figures(base.live, base.writer, base.directory, base.bus, base.due_timer, [], node)
        self.upkeep = ServerUpkeep(base.store, base.health, files.check, base.server_log)
        self.server = Server(
            reader=base.reader,
            bus=base.bus,
            commands=base.commands,
            live=base.live,
            maintenance=base.store,
            views=base.views,
            epoch=base.epoch,
            data=base.settings.data,
            address=base.address,
            health=base.health,
            backups=files.schedule,
            standbys=self.standbys,
            upkeep=self.upkeep,
        )
        self._node, self._blobs, self._schedule = node, files.blobs, files.schedule

    def handlers(self, base: Base) -> Handlers:
        settings, reader, views, server_log = base.settings, base.reader, base.views, base.server_log
        loads = ServerLoads(reader, self.figures, views)
        return {
            "server": (
                self.server,
                self.upkeep,
                AboutServer(settings, reader),
                loads,
                Doctor(
                    settings=settings,
                    health=base.health,
                    loads=loads,
                    reader=reader,
                    standbys=self.standbys,
                    cluster=self._node,
                    days_left=_days_left,
                    schedule=self._schedule,
                ),
            ),
            "view": (ViewHandlers(views, server_log),),
            "event": (Events(reader, base.bus, base.histories),),
            "cluster": (ClusterHandlers(self._node, reader, self._blobs),),
        }


async def _days_left(url: str) -> float:
    """Loaded when the doctor is asked."""
    days: float = await import_module("chatd.outbound.certificate").days_left(url)
    return days
