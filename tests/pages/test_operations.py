"""The pages for admins are followed by root, each from its beginning to its end, on a machine with systemd.

The tests go through each page in order, each test through the blocks of a section, as an admin would. The
proxies are the programs of Debian; what they must let through is a WebSocket, a long silence, a large body.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from released import release
from websockets.sync.client import connect

from chatd import __version__
from chatd.gateway.http.server.body_limit import FORM_BODY
from chatd.settings import Settings

from .blocks import PAGES, ROOT, Block, blocks
from .machine import ENVIRONMENT, Machine, NoMachine
from .shell import Shell

OPERATIONS: Final = ROOT / "docs" / "operations.md"
REVERSE_PROXY: Final = ROOT / "docs" / "reverse-proxy.md"
BACKUPS: Final = ROOT / "docs" / "backups.md"
MODERATION: Final = ROOT / "docs" / "moderation.md"
HOST: Final = "chat.example.org"
UNITS: Final = ("/usr/lib/systemd/system/chatd.service", "/usr/lib/systemd/system/chatd.socket")
PROXIES: Final = ("nginx", "caddy", "haproxy", "apache2")
SECONDS: Final = re.compile(r"(\d+)s\b")
PING_INTERVAL: Final = 0.5  # seconds, so that a silence of some pings is short
SILENCE: Final = 3 * PING_INTERVAL
DEADLINE: Final = 60.0  # seconds for a proxy to serve, with a certificate
PACKAGES: Final = "/root"  # where the admin keeps them


class Admin:
    """Root on the machine, with the pages open."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        home = machine.root / "root"
        self._shell = Shell(home, ENVIRONMENT, machine.entering, "/root")
        followed = [page for page in PAGES if any(block.runner == "machine" for block in blocks(page))]
        self._left = {page: [block for block in blocks(page) if _is_for_root(block)] for page in followed}

    def follow(self, page: Path, last: str) -> str:
        """The next blocks of the page, up to the one in which `last` stands; gives what was printed."""
        printed = ""
        while True:
            block = self._left[page].pop(0)
            printed += self._do(block)
            if last in (block.file or block.text):
                return printed

    def _do(self, block: Block) -> str:
        if block.file is not None:
            self.write(block.file, block.text)
            return ""
        assert block.runner == "machine", f"{block.place} would be typed by root on this machine"
        return self.type(block.text)

    def type(self, text: str) -> str:
        try:
            return self._shell.type(text)
        except AssertionError as error:
            error.add_note(self.machine.run("journalctl", "--lines=15", "--no-pager"))
            raise

    def write(self, file: str, text: str) -> None:
        path = self.machine.root / file.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, file: str) -> str:
        return (self.machine.root / file.lstrip("/")).read_text()

    def left(self) -> list[str]:
        return [block.place for left in self._left.values() for block in left]

    def end(self) -> None:
        self._shell.end()


def _is_for_root(block: Block) -> bool:
    return block.runner != "other machine" and bool(block.file or block.typed)


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    missing = [program for program in ("systemd-analyze", *PROXIES) if shutil.which(program) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)} (.ci/run installs what is missing)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    [package] = release(tmp_path_factory).glob("chatd_*.deb")
    try:
        machine = Machine(ROOT, tmp_path_factory.mktemp("machine") / "log")
    except NoMachine as reason:  # no tool is missing: the one who runs the tests may not make namespaces
        pytest.skip(str(reason))
    shutil.copy(package, machine.root / PACKAGES.lstrip("/"))
    admin = Admin(machine)
    yield admin
    try:
        admin.end()
    finally:
        machine.end()


# --- the service


def test_the_package_is_installed_and_serves(admin: Admin) -> None:
    printed = admin.follow(OPERATIONS, "apt install")
    assert "deb-systemd-invoke" not in printed  # it says how it is to be called, where it was called wrongly
    admin.machine.run("systemd-analyze", "verify", *UNITS)
    rated = admin.machine.run("systemd-analyze", "security", "--offline=true", "--threshold=20", UNITS[0])
    assert "OK" in rated.splitlines()[-1]
    assert admin.type("systemctl is-enabled chatd.service chatd.socket\n") == "enabled\nenabled\n"
    assert admin.type("systemctl is-active chatd.service chatd.socket\n") == "active\nactive\n"
    assert admin.type("stat --format=%U:%a /var/lib/chatd\n") == "chatd:700\n"
    assert admin.type("dpkg --verify chatd\n") == ""


def test_the_package_has_manual_pages_and_completions(admin: Admin) -> None:
    for page in ("chatd", "chatctl", "chatctl-room", "chatd.toml"):
        assert "NAME" in admin.type(f"man {page} </dev/null\n")
    typed = "COMP_WORDS=(chatctl roo); COMP_CWORD=1; _chatctl_completion chatctl; echo ${COMPREPLY[@]}"
    source = "source /usr/share/bash-completion/completions/chatctl"
    assert admin.type(f"bash -c '{source}; {typed}'\n") == "room\n"


def test_the_service_is_started_when_it_serves(admin: Admin) -> None:
    printed = admin.follow(OPERATIONS, "systemctl restart chatd")
    assert "/setup?code=" in printed
    status = json.loads(admin.type("chatctl --json server status\n"))
    assert status["accounts"] == 1


@contextmanager
def connecting(admin: Admin) -> Iterator[None]:
    """Within, somebody connects without a pause; each time there must be an answer."""
    answers: list[str] = []
    done = threading.Event()

    def connect() -> None:
        with admin.machine.network():
            while not done.is_set():
                connection = HTTPConnection("127.0.0.1", 8400, timeout=DEADLINE)
                try:
                    connection.request("GET", "/healthz")
                    answers.append(str(connection.getresponse().status))
                except (OSError, HTTPException) as error:
                    answers.append(repr(error))
                finally:
                    connection.close()

    thread = threading.Thread(target=connect)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    assert set(answers) == {"200"}, set(answers)


def test_a_restart_refuses_nobody(admin: Admin) -> None:
    with connecting(admin):
        admin.type("systemctl restart chatd\nsystemctl restart chatd\n")


def test_the_log_is_found_by_its_fields_and_the_watchdog_is_on(admin: Admin) -> None:
    found = admin.type("journalctl --unit=chatd --output=cat --output-fields=PRIORITY CHATD_EVENT=stopped\n")
    assert set(found.split()) == {"6"}
    assert admin.type("systemctl show --property=WatchdogUSec --value chatd\n") == "1min\n"


def test_a_secret_is_handed_over(admin: Admin) -> None:
    admin.write("/etc/chatd.oidc-secret", "hush\n")
    service = "Type=oneshot\nUser=chatd\nLoadCredential=oidc_client_secret:/etc/chatd.oidc-secret\n"
    admin.write("/run/systemd/system/secret.service", f"[Service]\n{service}ExecStart=chatd check\n")
    admin.type("chmod 0600 /etc/chatd.oidc-secret\nsystemctl daemon-reload\nsystemctl start secret\n")
    shown = admin.type("journalctl --unit=secret --output=cat | grep credential\n")
    assert "oidc_client_secret\t********\tcredential" in shown


def test_a_wrong_setting_ends_the_service_once_with_its_reason(admin: Admin) -> None:
    good = admin.read("/etc/chatd.toml")
    admin.write("/etc/chatd.toml", good.replace('"invite"', '"perhaps"'))
    admin.type("systemctl restart chatd || true\n")
    assert admin.type("systemctl show --property=ActiveState,NRestarts chatd\n").split() == [
        "NRestarts=0",
        "ActiveState=failed",
    ]
    assert "sign_up" in admin.type("journalctl -u chatd\n")
    admin.write("/etc/chatd.toml", good)
    admin.type("systemctl restart chatd\n")


def test_a_reload_takes_what_can_change_and_ends_nothing(admin: Admin) -> None:
    admin.write("/etc/chatd.toml", admin.read("/etc/chatd.toml") + 'log_level = "debug"\n')
    admin.type("systemctl reload chatd\nuntil journalctl -u chatd | grep -q settings_reloaded; do :; done\n")
    assert admin.type("systemctl show --property=NRestarts --value chatd\n") == "0\n"


def test_a_service_that_was_killed_comes_back(admin: Admin) -> None:
    admin.write("/run/systemd/system/chatd.service.d/soon.conf", "[Service]\nRestartSec=0\n")
    admin.type("systemctl daemon-reload\nsystemctl kill --signal=KILL chatd\n")
    admin.type("until [ $(systemctl show --property=NRestarts --value chatd) = 1 ]; do :; done\n")
    admin.type("until systemctl is-active --quiet chatd; do :; done\nchatctl server status\n")


# --- reverse proxies


@pytest.fixture(scope="module")
def certificate(admin: Admin) -> None:
    """What an admin has from an authority, which here is itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    admin.write(f"/etc/ssl/{HOST}.pem", signed.public_bytes(pem).decode())
    admin.write(f"/etc/ssl/{HOST}.key", private.decode())


@pytest.fixture(scope="module")
def token(admin: Admin, certificate: None) -> str:
    """Of an account; and the server pings often, so that a test need not be silent for long."""
    admin.write("/etc/chatd.toml", admin.read("/etc/chatd.toml") + f"ping_interval = {PING_INTERVAL}\n")
    admin.type("systemctl restart chatd\n")
    return admin.type("chatctl account token ada\n").strip()


CONFIGURED: Final = {
    "nginx": "/etc/nginx/conf.d/chatd.conf",
    "caddy": "/etc/caddy/Caddyfile",
    "haproxy": "/etc/haproxy/haproxy.cfg",
    "apache2": "/etc/apache2/sites-available/chatd.conf",
}
CADDY_ROOT: Final = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"


@pytest.fixture(params=PROXIES, scope="module")
def proxy(request: pytest.FixtureRequest, admin: Admin, token: str) -> Iterator[str]:
    """One after another, since each wants port 443."""
    name = str(request.param)
    admin.follow(REVERSE_PROXY, CONFIGURED[name])
    if name == "caddy":  # no public authority can be asked: Caddy's own signs
        text = admin.read(CONFIGURED[name])
        admin.write(CONFIGURED[name], "{\n    local_certs\n    skip_install_trust\n}\n" + text)
    admin.follow(REVERSE_PROXY, f"restart {name}")
    yield name
    admin.type(f"systemctl disable --now {name}\n")


@pytest.fixture
def trust(proxy: str, admin: Admin) -> ssl.SSLContext:
    """Trusts the certificate, once the proxy serves with it."""
    authority = admin.machine.root / (CADDY_ROOT if proxy == "caddy" else f"/etc/ssl/{HOST}.pem").lstrip("/")
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            context = ssl.create_default_context(cafile=authority)
            if asked(admin, context, "GET", "/healthz")[0] == 200:
                return context
        except (OSError, ssl.SSLError):
            continue
    raise AssertionError(f"{proxy} does not serve:\n{admin.type(f'journalctl -u {proxy} | tail -20')}")


class Connection(HTTPSConnection):
    """To the proxy's port, under the name that the certificate has."""

    def connect(self) -> None:
        self._create_connection: Any = lambda *args: _dial(*args)
        super().connect()


def _dial(address: tuple[str, int], *more: Any) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", address[1]), *more)


def asked(
    admin: Admin, context: ssl.SSLContext, method: str, path: str, body: bytes | None = None
) -> tuple[int, str]:
    """The status and the body of the answer."""
    with admin.machine.network():
        connection = Connection(HOST, 443, timeout=60, context=context)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, path, body, kind)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()


def test_a_websocket_goes_through_and_stays_through_a_silence(
    admin: Admin, trust: ssl.SSLContext, token: str
) -> None:
    with (
        admin.machine.network(),
        connect(
            f"wss://{HOST}/ws",
            address=("127.0.0.1", 443),
            ssl=trust,
            origin=f"https://{HOST}",
            subprotocols=["chatd.v1.json"],
            ping_interval=None,
            proxy=None,
        ) as client,
    ):
        client.send(json.dumps({"id": 1, "command": "session.open", "data": {"token": token}}))
        assert "result" in json.loads(client.recv(60).split("\n")[0])
        with pytest.raises(TimeoutError):
            client.recv(SILENCE)
        client.send(json.dumps({"id": 2, "query": "space.list", "data": {}}))
        assert json.loads(client.recv(60).split("\n")[0])["id"] == 2


def test_events_come_through_as_they_happen_and_before_them_what_else_is_asked(
    admin: Admin, trust: ssl.SSLContext, token: str
) -> None:
    for _ in range(5):  # a proxy that keeps its connections asks for the events on one of them
        assert asked(admin, trust, "GET", "/api/v1/spaces")[0] == 401
    with admin.machine.network():
        connection = Connection(HOST, 443, timeout=60, context=trust)
        try:
            connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {token}"})
            assert b"event: opened" in connection.getresponse().read1(4096)
        finally:
            connection.close()


def test_a_large_body_goes_through_and_a_larger_one_is_refused_as_such(
    admin: Admin, trust: ssl.SSLContext
) -> None:
    status, page = asked(admin, trust, "POST", "/recover", b"token=" + b"x" * (FORM_BODY - 100))
    assert status in (400, 403, 410), page
    for size in (FORM_BODY + 1, 700_000):
        assert asked(admin, trust, "POST", "/recover", b"token=" + b"x" * size)[0] == 413


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics?x", "/%6Detrics", "//metrics", "/./metrics", "/METRICS"]
)
def test_metrics_are_not_published(admin: Admin, trust: ssl.SSLContext, path: str) -> None:
    status, page = asked(admin, trust, "GET", path)
    assert status in (301, 307, 400, 403, 404), page
    assert "chatd_" not in page


def test_the_time_limits_of_a_proxy_are_above_those_of_the_server(proxy: str) -> None:
    [text] = [block.text for block in blocks(REVERSE_PROXY) if block.file == CONFIGURED[proxy]]
    limits = [int(SECONDS.search(line)[1]) for line in text.splitlines() if _limits_silence(line)]
    assert all(limit > Settings().ping_interval + Settings().ping_timeout for limit in limits)
    assert limits or proxy == "caddy", "Caddy ends no connection that is silent"


def _limits_silence(line: str) -> bool:
    return bool(re.search(r"_timeout|timeout(=| client| server| tunnel)", line))


# --- backups, upgrades, moderation


def test_a_backup_is_restored_under_the_same_unit(admin: Admin) -> None:
    before = json.loads(admin.type("chatctl --json server status\n"))
    printed = admin.follow(BACKUPS, "chatctl backup restore")
    after = json.loads(admin.type("chatctl --json server status\n"))
    assert after["accounts"] == before["accounts"]
    assert "all tables agree" in printed


def test_a_repository_keeps_backups_that_are_checked(admin: Admin) -> None:
    assert "all is well" in admin.follow(BACKUPS, "chatctl backup prune")


def test_the_server_is_upgraded_and_refuses_nobody_meanwhile(admin: Admin) -> None:
    """The new version is the same with another number."""
    number = f"{__version__}+new"
    admin.type(
        "dpkg-deb -R chatd_*.deb new && rm chatd_*.deb\n"
        f"sed -i 's/^Version: .*/Version: {number}/' new/DEBIAN/control\n"
        f"dpkg-deb -Znone -b new chatd_{number}_all.deb && rm -r new\n"
    )
    before = admin.type("systemctl show --property=MainPID chatd\n")
    with connecting(admin):
        admin.follow(OPERATIONS, "apt install")
    assert admin.type("systemctl show --property=MainPID chatd\n") != before
    assert admin.type("dpkg-query --show --showformat='${Version}' chatd\n") == number
    assert "sign_up" in admin.read("/etc/chatd.toml"), "the admin's settings stay"


def test_the_server_is_watched(admin: Admin) -> None:
    assert "all tables agree" in admin.follow(OPERATIONS, "chatctl server verify")


def test_a_raid_is_ended(admin: Admin) -> None:
    admin.follow(MODERATION, "chatctl space unlock team")


def test_rules_say_how_long_messages_are_kept(admin: Admin) -> None:
    admin.type("chatctl room create general --space team || true\n")
    admin.follow(MODERATION, "--end-hold")


def test_a_package_that_was_removed_and_is_back_serves(admin: Admin) -> None:
    """By its scripts alone: they are what dpkg runs then, and to unpack it again takes long."""
    scripts = ("prerm remove", "postrm remove", "postinst configure 0")
    run = " && ".join(f"/var/lib/dpkg/info/chatd.{script}" for script in scripts)
    admin.type(f"(export DPKG_MAINTSCRIPT_PACKAGE=chatd; {run})\n")
    assert admin.type("systemctl is-active chatd.service chatd.socket\n") == "active\nactive\n"


def test_a_removed_package_leaves_what_people_wrote(admin: Admin) -> None:
    admin.type("apt-get purge --quiet --yes chatd </dev/null\n")
    assert admin.type("ls /usr/lib/chatd /usr/bin/chatd 2>/dev/null || true\n") == ""
    assert (admin.machine.root / "var/lib/chatd/chatd.db").exists()
    assert admin.type("ss -Hltn 'sport = 8400'\n") == ""


def test_every_page_was_followed_to_its_end(admin: Admin) -> None:
    assert admin.left() == []
