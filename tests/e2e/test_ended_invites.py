"""Invites that have ended are not listed for ever: lists show what can be used, a space forgets the rest."""

from __future__ import annotations

import pytest

from chatd.contract.invite import CreateInvite
from chatd.domain.decision import Context, Decision
from chatd.domain.internal import JoinByInvite
from chatd.domain.space import decide as space
from chatd.domain.space.state import INVITES_KEPT, SpaceState

from .talking import Client
from .test_hostile_bytes import within
from .town import Town


def listed(client: Client, town: Town, limit: int = 500, **data: object) -> dict[str, bool]:
    """The ids of the invites that are listed, and whether each has ended; page by page."""
    found: dict[str, bool] = {}
    after: dict[str, str] = {}
    while True:
        page = client.ask("invite.list", space=town.space, limit=limit, **after, **data)
        assert page["invites"] or page["next"] is None
        found |= {row["id"]: row["ended"] for row in page["invites"]}
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_only_what_can_be_used_is_listed_unless_all_is_asked_for(town: Town, limit: int) -> None:
    owner = town.open(town.owner)
    before = listed(owner, town)
    ways = ({"max_uses": 1}, {}, {"expires_in": 1}, {"max_uses": 2}, {"expires_in": 3600})
    made = [owner.ask("invite.create", space=town.space, **way)["invite"] for way in ways]
    used, lasting, expiring, half, later = (invite["id"] for invite in made)
    revoked = owner.ask("invite.create", space=town.space)["invite"]
    for code in (made[0]["code"], made[3]["code"]):
        town.open(town.account()).ask("invite.accept", code=code)
    owner.ask("invite.revoke", code=revoked["code"])
    assert within(30, lambda: expiring not in listed(owner, town))
    usable = dict.fromkeys((lasting, half, later), False)
    assert listed(owner, town, limit) == before | usable
    assert listed(owner, town, limit, all=True) == before | usable | {used: True, expiring: True}


def grown(state: SpaceState, command: object, at: int, id_: str = "") -> None:
    decision = space.decide(state, command, Context("ann", at, operator=True, new_id=id_))
    assert isinstance(decision, Decision)
    for fact in decision.facts:
        space.apply(state, fact)


def test_a_space_forgets_what_ended_long_ago_and_nothing_else() -> None:
    state = SpaceState("s", head=1, members={"ann": "owner"})
    grown(state, CreateInvite("s"), 0, "lasting")
    grown(state, CreateInvite("s", expires_in=1), 0, "expired")
    grown(state, CreateInvite("s", max_uses=1), 0, "used")
    grown(state, CreateInvite("s", max_uses=2, expires_in=10**6), 0, "half")
    grown(state, JoinByInvite("used", "bob"), 2_000)
    grown(state, JoinByInvite("half", "cy"), 2_000)
    everything = {"lasting", "expired", "used", "half"}
    grown(state, CreateInvite("s"), 999 + INVITES_KEPT, "soon")
    assert set(state.invites) == everything | {"soon"}
    grown(state, CreateInvite("s"), 1_000 + INVITES_KEPT, "then")
    assert set(state.invites) == everything - {"expired"} | {"soon", "then"}
    grown(state, CreateInvite("s"), 2_000 + INVITES_KEPT, "last")
    assert set(state.invites) == {"lasting", "half", "soon", "then", "last"}
