"""The few pages that the server writes itself. What somebody else said is escaped here, and nowhere else."""

from __future__ import annotations

import html
from typing import Final

from starlette.responses import HTMLResponse, Response

from chatd.contract.errors import Refusal

_STATUS: Final = {"not_found": 404, "forbidden": 403, "unavailable": 503}

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:36rem;padding:0 1rem}"
    "label{display:block;margin:1rem 0}input{display:block;font:inherit;width:100%;padding:.4rem}"
    "button{font:inherit;padding:.5rem 1rem}.problem{color:#a00}"
)

_SETUP_FORM: Final = (
    "<h1>Set up chatd</h1><p>This makes the first account; it administers the server.</p>{problem}"
    "<form method=post action=/setup><input type=hidden name=code value='{code}'>"
    "<label>Your name<input name=name required minlength=2 maxlength=32 autocomplete=username></label>"
    "<label>Password, at least 8 characters<input name=password type=password required minlength=8"
    " autocomplete=new-password></label>"
    "<label>Name of your first space<input name=space required maxlength=80 value=Team></label>"
    "<button>Make it so</button></form>"
)

_RECOVERY_FORM: Final = (
    "<h1>A new password</h1><p>It signs you out everywhere.</p>{problem}"
    "<form method=post action=/recover><input type=hidden name=code value='{code}'>"
    "<label>New password, at least 8 characters<input name=password type=password required minlength=8"
    " maxlength=256 autocomplete=new-password></label><button>Set it</button></form>"
)


def home(server_name: str) -> Response:
    name = html.escape(server_name)
    return _page(
        name,
        f"<h1>{name}</h1><p>This is a chatd server, and it is up.</p>"
        "<p>Connect a client to <code>/ws</code> with subprotocol <code>chatd.v1.json</code> or"
        " <code>chatd.v1.msgpack</code>.</p>",
    )


def setup(code: str, refusal: Refusal | None = None) -> Response:
    return _form("Set up chatd", _SETUP_FORM, code, refusal)


def set_up(name: str, space: str) -> Response:
    name, space = html.escape(name), html.escape(space)
    return _page(
        "chatd is ready",
        f"<h1>Welcome, {name}</h1><p>Your account is made, and so is the space"
        f" <b>{space}</b> with the room <b>general</b>."
        "<p>Sign in with any client. To let people in: <code>chatctl invite create --space"
        f" &quot;{space}&quot;</code>",
    )


def recovery(code: str, refusal: Refusal | None = None) -> Response:
    """The same for every code: only setting the password tells whether it is good."""
    return _form("A new password", _RECOVERY_FORM, code, refusal)


def recovered(name: str) -> Response:
    name = html.escape(name)
    return _page(
        "Your password is set",
        f"<h1>Welcome back, {name}</h1><p>Your new password is set, and you are signed out everywhere."
        f" Sign in with any client, as <b>{name}</b>.",
    )


def not_signed_in(refusal: Refusal) -> Response:
    why = html.escape(refusal.message)
    page = f"<h1>Not signed in</h1><p class=problem>{why}</p><p><a href='/'>Go back</a></p>"
    return _page("Not signed in", page, _STATUS.get(refusal.code, 400))


def _form(title: str, form: str, code: str, refusal: Refusal | None) -> Response:
    problem = "" if refusal is None else f"<p class=problem>{html.escape(refusal.message)}</p>"
    filled = form.format(code=html.escape(code, quote=True), problem=problem)
    return _page(title, filled, 200 if refusal is None else 400)


def _page(title: str, body: str, status: int = 200) -> Response:
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style><main>{body}</main>"
    )
    return HTMLResponse(page, status, {"cache-control": "no-store"})  # there may be a code in it
