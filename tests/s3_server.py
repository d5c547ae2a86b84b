"""A real S3 server, moto's, as a process of the tests' own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.store import S3Store

from chatd.files.bucket import bucket

KEY, SECRET, REGION, BUCKET = "AKIATESTTESTTESTTEST", "secret-of-tests", "eu-central-1", "files"
PROGRAM = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


def bucket_of(server: S3Server, name: str) -> S3Store:
    return bucket(endpoint=server.url, name=name, prefix="p", region=REGION, key_id=KEY, secret=SECRET)


class S3Server:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the S3 server did not start"

    def make_bucket(self, name: str) -> None:
        import boto3

        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    try:
        yield server
    finally:
        server.end()
        for pipe in (server.process.stdin, server.process.stdout):
            assert pipe is not None
            pipe.close()
