"""A provider of single sign-on that does what a test says, and a browser that goes there and comes back."""

from __future__ import annotations

import http.client
import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import attrs
from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from loopback import Answering, Loopback

from .serving import Server

Claims = dict[str, Any]
CLIENT, SECRET = "chatd at home", "s3cret: +&%"  # both must be quoted on their way


def s256(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def signed(claims: Claims, key: Any, algorithm: str = "RS256", **header: Any) -> str:
    """`kid=None` leaves the key unnamed."""
    named = {name: value for name, value in {"kid": key.kid, **header}.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jwt.encode({"alg": algorithm, **named}, claims, key, registry=registry)


class Provider(Loopback):
    """Speaks OpenID Connect on loopback. Whoever comes is `subject`, and is believed at once.

    It insists on what a provider must insist on: the client's secret, PKCE, the redirect, one use of a code.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.published: list[Any] = [self.key]
        self.subject = "ada"
        self.claims: Claims = {}  # in the ID token
        self.userinfo: Claims = {}
        self.forge: Callable[[Claims], str] | None = None  # makes the ID token instead
        self.metadata: Claims = {}
        self.answers: dict[str, tuple[int, bytes]] = {}  # by path, instead of the right ones
        self.came_back: Claims = {}  # beside code and state
        self.asked: Counter[str] = Counter()
        self.given: list[str] = []  # every secret that it saw or made
        self._codes: dict[str, Claims] = {}
        super().__init__(self._handler())

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm"

    @property
    def settings(self) -> dict[str, object]:
        return {"oidc_issuer": self.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}

    def id_claims(self, nonce: str) -> Claims:
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        said = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": nonce, **times}
        return {**said, **self.claims}

    # --- endpoints

    def discovery(self) -> Claims:
        names = ("authorization", "token", "userinfo")
        said = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"}
        return {**said, **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in names}, **self.metadata}

    def authorize(self, query: dict[str, str]) -> str:
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_hex(16)
        self._codes[code] = query
        self.given += [code, query["nonce"]]
        back = {"code": code, "state": query["state"], **self.came_back}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        pair = b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        asked = self._codes.pop(form.get("code", ""), None)
        if [unquote_plus(part) for part in pair] != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if s256(form["code_verifier"]) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        claims = self.id_claims(asked["nonce"])
        token = self.forge(claims) if self.forge else signed(claims, self.key)
        access = secrets.token_hex(16)
        self.given += [form["code_verifier"], token, access]
        return 200, {"id_token": token, "access_token": access, "token_type": "Bearer"}

    def _handler(self) -> type[Answering]:
        provider = self

        class Handler(Answering):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                path = parts.path.removeprefix("/realm")
                provider.asked[path] += 1
                if path in provider.answers:
                    self.answer(*provider.answers[path])
                elif path == "/.well-known/openid-configuration":
                    self.answer_json(200, provider.discovery())
                elif path == "/jwks":
                    keys = [key.as_dict(private=False) for key in provider.published]
                    self.answer_json(200, {"keys": keys})
                elif path == "/userinfo":
                    self.answer_json(200, {"sub": provider.subject, **provider.userinfo})
                elif path == "/authorization":
                    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                    self.answer(302, headers={"Location": provider.authorize(query)})
                else:
                    self.answer(404)

            def do_POST(self) -> None:
                path = urlsplit(self.path).path.removeprefix("/realm")
                provider.asked[path] += 1
                form = {name: values[0] for name, values in parse_qs(self.body().decode()).items()}
                if path in provider.answers:
                    self.answer(*provider.answers[path])
                else:
                    self.answer_json(*provider.redeem(form, self.headers.get("Authorization", "")))

            def answer_json(self, status: int, said: Claims) -> None:
                self.answer(status, json.dumps(said).encode())

        return Handler


@attrs.frozen
class Page:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def code(self) -> str:
        """The one-time code in the fragment of the address to which it leads."""
        return urlsplit(self.location).fragment.partition("=")[2]


class Browser:
    """Keeps the cookies of the chatd server, and goes where it is sent, one step at a time."""

    def __init__(self, server: Server) -> None:
        self.home = f"http://localhost:{server.port}"
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, url: str, method: str = "GET", form: dict[str, str] | None = None) -> Page:
        parts = urlsplit(url)
        headers = {}
        if url.startswith(self.home) and self.cookies:
            headers["Cookie"] = self.cookies.output([], header="", sep=";")
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        try:
            connection.request(method, f"{parts.path}?{parts.query}", urlencode(form or {}), headers)
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        page = Page(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
        if url.startswith(self.home):
            self.cookies.load(page.headers.get("set-cookie", ""))
        return page

    def leave(self, start: str | None = None, **query: str) -> str:
        """The address at the provider to which the server sends it."""
        page = self.get(start or f"{self.home}/auth/oidc/start?{urlencode(query)}")
        assert page.status == 303, page.body
        return page.location

    def sso(self, start: str | None = None, **query: str) -> Page:
        """There and back; the server's answer to the one who came back."""
        return self.get(self.get(self.leave(start, **query)).location)

    def code(self, start: str | None = None, **query: str) -> str:
        page = self.sso(start, **query)
        assert page.status == 303, page.body
        return page.code
