"""`/healthz`, `/readyz` and `/metrics`: what watches over the server asks these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chatd.actors.workers.health import Health
from chatd.contract.server import ServerStatus
from chatd.gateway.http.counting.http_counts import HttpCounts
from chatd.gateway.net.client_address import Networks
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.handlers.figures import Figures
from chatd.ports import Caller
from chatd.ports.file_counts import FileCounts
from chatd.settings import Settings

BY_PROXY: Final = (
    "metrics are not served through a proxy; ask this server itself, or set `metrics_through_proxy`\n"
)
NOT_STORING: Final = "nothing can be stored; `chatctl server status` says why"
_FORWARDED: Final = frozenset(
    (
        *("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
        *("x-forwarded-server", "cf-connecting-ip", "true-client-ip"),
    )
)  # what proxies add to a request


class HealthRoutes:
    def __init__(self, ready: Callable[[], bool], health: Health) -> None:
        self._ready = ready
        self._health = health

    def routes(self) -> list[Route]:
        return [Route("/healthz", self._healthz), Route("/readyz", self._readyz)]

    async def _healthz(self, request: Request) -> Response:
        """The process is alive. Also while its database is not where it belongs: whoever restarts it for
        that loses what a backup can still save."""
        return PlainTextResponse("ok\n" if self._health.ready else f"ok, but {NOT_STORING}\n")

    async def _readyz(self, request: Request) -> Response:
        ready = self._ready() and self._health.ready
        why = {} if self._health.ready else {"problem": NOT_STORING}
        return JSONResponse({"ready": ready, **why}, 200 if ready else 503)


class MetricsRoute:
    def __init__(
        self,
        settings: Settings,
        own: Callable[[], OwnAddresses],
        status: Callable[[], Awaitable[ServerStatus]],
        figures: Figures,
        requests: HttpCounts,
        files: FileCounts,
    ) -> None:
        self._through_proxy = settings.metrics_through_proxy
        self._readers = Networks(settings.metrics)
        self._own = own
        self._status = status
        self._figures = figures
        self._requests = requests
        self._files = files

    def routes(self) -> list[Route]:
        return [Route("/metrics", self._metrics)]

    async def _metrics(self, request: Request) -> Response:
        caller: Caller = request.state.caller
        if not caller.operator and self._proxied(request) and not self._through_proxy:
            return PlainTextResponse(BY_PROXY, 403)
        if not caller.operator and caller.address not in self._readers:
            return PlainTextResponse("your address is not among those of the setting `metrics`\n", 403)
        from chatd.gateway.http.counting import metrics

        page = await metrics.exposition(await self._status(), self._figures, self._requests, self._files)
        return Response(page, media_type=metrics.MEDIA_TYPE)

    def _proxied(self, request: Request) -> bool:
        """Whether a proxy passed it on. Those that say nothing of themselves speak HTTP/1.0, as nginx does
        unless told otherwise, or pass on a `Host` that only a proxy with TLS can have been asked for."""
        headers = request.headers
        return (
            not _FORWARDED.isdisjoint(headers)
            or request.scope["http_version"] == "1.0"
            or self._own().is_public(headers.get("host", ""))
        )
