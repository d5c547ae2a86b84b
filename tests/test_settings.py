"""Settings come from the file, then the environment, then the flags; later ones win."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatd import settings


def test_later_sources_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "chatd.toml"
    config.write_text('[chatd]\nport = 1\nhost = "::1"\nsign_up = "closed"\n')
    monkeypatch.setenv("CHATD_PORT", "2")
    monkeypatch.setenv("CHATD_ORIGINS", "https://a.example,https://b.example")
    monkeypatch.setenv("CHATD_SIGN_UP", "invite")
    chosen = settings.load(config, {"sign_up": "open"})
    assert (chosen.port, chosen.host, chosen.sign_up) == (2, "::1", "open")
    assert chosen.origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    "line", ["prot = 1", 'sign_up = "maybe"', "port = 70000", 'port = "many"', "ping_interval = 0"]
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, line: str) -> None:
    config = tmp_path / "chatd.toml"
    config.write_text(f"[chatd]\n{line}\n")
    with pytest.raises(settings.SettingsError, match=line.split()[0]):
        settings.load(config, {})
