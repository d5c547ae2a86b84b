"""What answers plain HTTP, put together. A third of all that is loaded is for it, so that happens when
the first client asks."""

from __future__ import annotations

from functools import partial
from typing import Final

from chatd.contract.server import GetServerStatus
from chatd.gateway.gateway import Gateway
from chatd.gateway.http.account_forms import AccountForms
from chatd.gateway.http.api_docs import ApiDocs
from chatd.gateway.http.app import Http
from chatd.gateway.http.files.routes import FileRoutes
from chatd.gateway.http.graphql_route import GraphQLRoute
from chatd.gateway.http.health_routes import HealthRoutes, MetricsRoute
from chatd.gateway.http.hooks import Hooks
from chatd.gateway.http.monitor import monitor
from chatd.gateway.http.sso_routes import SsoRoutes
from chatd.gateway.http.standby_routes import StandbyRoutes
from chatd.gateway.http.web_client import WebClient
from chatd.gateway.net.live_connection import OpenSession
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.handlers.known_elsewhere import level
from chatd.ports import Caller
from chatd.settings import Settings
from chatd.wiring.services import Services

METRICS: Final = Caller("metrics")


def http(settings: Settings, services: Services, gateway: Gateway, open_session: OpenSession) -> Http:
    def ready() -> bool:
        return gateway.ready

    def own() -> OwnAddresses:
        return gateway.own

    def head() -> int:
        return services.bus.head

    desk, traffic, transfers = services.desk, gateway.traffic, services.transfers
    status = partial(services.server.status, METRICS, GetServerStatus())
    client = WebClient(settings, own)
    return Http(
        settings,
        own,
        traffic,
        gateway.counts,
        desk,
        GraphQLRoute(settings, desk, open_session, gateway.connections, traffic.stopping),
        (
            client,
            AccountForms(services.setup.set_up, services.recovery.use, client),
            SsoRoutes(services.sso),
            HealthRoutes(ready, services.health),
            MetricsRoute(settings, own, status, services.figures, gateway.counts, transfers.counts),
            ApiDocs(settings.server_name),
            monitor(settings.server_name),
            FileRoutes(
                desk,
                services.files,
                services.blobs,
                transfers.uploads,
                transfers.partials,
                transfers.counts,
                settings.max_file,
            ),
            Hooks(desk),
            StandbyRoutes(
                settings,
                desk,
                services.replication,
                services.blobs,
                head,
                services.standbys.heard,
                None if services.fresh is None else partial(level, services.fresh),
            ),
        ),
    )
