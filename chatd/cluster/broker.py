"""What a node has of the NATS servers: the stream that orders its cluster's log, and messages beside it."""

from __future__ import annotations

import trio

from chatd.cluster.jetstream import NatsNet, StreamSequencer
from chatd.nats.client import Client
from chatd.nats.jetstream import JetStream


class Broker:
    """`cluster` and `node`: their names. What `net` carries anybody there can read."""

    def __init__(self, cluster: str, node: str, client: Client, nursery: trio.Nursery) -> None:
        prefix = f"chatd.{cluster}"
        self.stream, self.subject = f"chatd_{cluster}", f"{prefix}.log"
        self.client = client
        self.jetstream = JetStream(client)
        self.sequencer = StreamSequencer(self.jetstream, self.stream, self.subject)
        self.net = NatsNet(client, prefix, node, nursery)
