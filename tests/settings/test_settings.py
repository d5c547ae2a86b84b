"""Settings come from the file, then the environment, then the flags; later ones win. What cannot be taken is
refused with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import attrs
import pytest
from click.testing import CliRunner, Result

from chatd.cli import main
from chatd.settings import Settings, SettingsError, loading

WITHOUT_SENSE: dict[Any, list[Any]] = {
    int: [2.9, True, "7", "many", -1, [1]],
    float: [True, "7", "nan", [1.0], float("nan"), float("inf"), 10**400, -1],
    bool: [0.0, 0, 1, "true"],
    str: [1, True, ["a"]],
    tuple[str, ...]: [1, [1], {"a": "b"}],
    Path: [1, "", [""]],
}


NO_TIMES = ("rate_per_second", "traces_share")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "chatd.toml"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CHATD_"):
            monkeypatch.delenv(name)


def refusal(config: Path | None = None, **flags: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        loading.load(config, flags)
    return str(caught.value)


def check(*words: str) -> Result:
    return CliRunner().invoke(main, ["check", *words])


def test_later_sources_win(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('[chatd]\nport = 1\nhost = "::1"\nsign_up = "closed"\n')
    monkeypatch.setenv("CHATD_PORT", "2")
    monkeypatch.setenv("CHATD_SIGN_UP", "invite")
    chosen = loading.load(config, {"sign_up": "open"})
    assert (chosen.port, chosen.host, chosen.sign_up) == (2, "::1", "open")


def test_lists_with_commas_are_stripped_and_what_is_empty_is_dropped(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATD_ORIGINS", " https://a.example , ,https://b.example,")
    config.write_text('[chatd]\ntrusted_proxies = ["10.0.0.1 ", ""]\nmetrics = "::1, 127.0.0.1"\n')
    chosen = loading.load(config, {})
    assert chosen.origins == ("https://a.example", "https://b.example")
    assert (chosen.trusted_proxies, chosen.metrics) == (("10.0.0.1",), ("::1", "127.0.0.1"))


@pytest.mark.parametrize(
    "line",
    [
        *(
            "prot = 1",
            'sign_up = "maybe"',
            "port = 70000",
            'port = "many"',
            "ping_interval = 0",
            "views = 0.0",
        ),
        *('cluster_name = ""', 'cluster_name = "a.b"', 'cluster_node = "one.internal"'),
    ],
)
def test_a_setting_that_is_wrong_is_named(config: Path, line: str) -> None:
    config.write_text(f"[chatd]\n{line}\n")
    assert refusal(config).startswith(f"{line.split()[0]} in {config} ")


@pytest.mark.parametrize("field", attrs.fields(Settings), ids=lambda field: str(field.name))
def test_every_setting_refuses_other_types_from_every_source_with_a_sentence(
    field: Any, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint = get_type_hints(Settings)[field.name]
    for value in WITHOUT_SENSE.get(hint, [0.5, True, [0]]):
        sentence = refusal(**{field.name: value}) if not isinstance(value, str) else ""
        assert not sentence or sentence.startswith("--"), sentence
        if not isinstance(value, (dict, list, float)):
            written = f'"{value}"' if isinstance(value, str) else str(value).lower()
            config.write_text(f"[chatd]\n{field.name} = {written}\n")
            sentence = refusal(config)
            assert sentence.startswith(f"{field.name} in {config} "), sentence
        for internal in ("Attribute", "Traceback", "class", "typing", "<", "None", "chatd.", "tuple"):
            assert internal not in sentence.replace(str(config), ""), sentence
    if hint in (int, float, bool):
        for text in ("2.9x", "", "much", *(["2.9", "true", "1_0"] if hint is int else [])):
            monkeypatch.setenv(f"CHATD_{field.name.upper()}", text)
            assert refusal().startswith(f"CHATD_{field.name.upper()} must be "), text
            assert "must be" in refusal(**{field.name: text})


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("port = 1\n", "port in {} stands outside the table: put it below a line [chatd]"),
        ('sign_up = "closed"\n[chatd]\n', "sign_up in {} stands outside the table"),
        ("", "{} has no table [chatd]"),
        ("[chat]\nport = 1\n", "chat in {} is not a table of chatd, which has only [chatd]"),
        ("[chatd]\n[other]\n", "other in {} is not a table of chatd"),
        ("[chatd]\nprot = 1\n", "prot in {} is not a setting; did you mean port?"),
        ("[chatd]\nzzz = 1\n", "zzz in {} is not a setting; `chatd check` lists all settings"),
        ("[chatd]\n[chatd.oidc]\nname = 1\n", "oidc in {} is not a setting"),
        ("[[chatd]]\n", "{} has no table [chatd]"),
        ("[chatd\n", "{} is not valid TOML"),
        ("[chatd]\nx = " + "[" * 5000 + "]" * 5000, "{} is not valid TOML"),
    ],
)
def test_a_file_that_would_be_ignored_is_refused(config: Path, document: str, sentence: str) -> None:
    config.write_text(document)
    assert refusal(config).startswith(sentence.format(config))


def test_a_time_beyond_all_calendars_is_refused(config: Path) -> None:
    """A moment that far away fits into no column of the database, so no worker could look for it."""
    hints = get_type_hints(Settings)
    times = [name for name, hint in hints.items() if hint is float and name not in NO_TIMES]
    times += ["access_token_lifetime", "refresh_token_lifetime"]
    for name in times:
        value = getattr(Settings(), name)
        assert getattr(loading.load(None, {name: 10**11}), name) == 10**11
        said = refusal(None, **{name: type(value)(10**18)})
        assert (
            said
            == f"--{name.replace('_', '-')} must be at most 100000000000 seconds, not {type(value)(10**18)}"
        )


def test_a_file_that_cannot_be_read_is_refused(config: Path, tmp_path: Path) -> None:
    assert refusal(config) == f"{config} cannot be read: No such file or directory"
    assert "cannot be read" in refusal(tmp_path)
    config.write_bytes(b"\xff\xfe")
    assert refusal(config) == f"{config} is not UTF-8 text"


@pytest.mark.parametrize("origin", ["chat.example.org", "*", "null", "ftp://a.example", "https://"])
def test_an_origin_that_no_browser_sends_is_refused_at_the_start(origin: str) -> None:
    assert refusal(origins=(origin,)).startswith(f"--origins holds '{origin}': no web origin")


def test_a_variable_that_is_a_typo_refuses_the_start_with_a_suggestion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHATD_SIGNUP", "closed")
    monkeypatch.setenv("CHATD_CONFIG", "/etc/chatd.toml")
    monkeypatch.setenv("CHATD_URL", "http://127.0.0.1:8400")
    assert refusal().splitlines() == [
        "CHATD_CONFIG is not a setting: give the file with --config",
        "CHATD_SIGNUP is not a setting; did you mean CHATD_SIGN_UP?",
    ]


def test_a_value_in_the_file_is_looked_at_even_where_a_flag_wins(config: Path) -> None:
    config.write_text("[chatd]\nport = []\n")
    assert refusal(config, port="1") == f"port in {config} must be a whole number, not a list"


def test_variables_of_a_cluster_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "CHATD_SERVICE_HOST": "10.0.0.7",
        "CHATD_SERVICE_PORT": "8400",
        "CHATD_SERVICE_PORT_HTTP": "8400",
        "CHATD_PORT_8400_TCP": "tcp://10.0.0.7:8400",
        "CHATD_PORT_8400_TCP_ADDR": "10.0.0.7",
        "CHATD_WEB_SERVICE_HOST": "10.0.0.8",
        "CHATD_WEB_PORT": "tcp://10.0.0.8:80",
        "CHATD_PORT": "tcp://10.0.0.7:8400",
    }.items():
        monkeypatch.setenv(name, value)
    assert loading.load(None, {"port": "0"}).port == 0
    sentence = refusal()
    assert sentence.startswith("CHATD_PORT is 'tcp://10.0.0.7:8400', which a cluster sets")
    assert "--port" in sentence


def test_a_wrong_secret_is_not_shown(config: Path) -> None:
    config.write_text("[chatd]\noidc_client_secret = 123456\n")
    assert refusal(config) == f"oidc_client_secret in {config} must be text"
    assert "123456" not in check("--config", str(config)).output


# --- secrets that systemd hands over


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def test_a_secret_may_be_a_credential(
    config: Path, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wins over the file and not over the environment; the end of its line is none of it."""
    config.write_text('[chatd]\noidc_client_secret = "in the file"\nfiles_s3_secret = "in the file"\n')
    (credentials / "oidc_client_secret").write_text(" hush hush \n")
    (credentials / "files_s3_secret").write_text("hush")
    monkeypatch.setenv("CHATD_FILES_S3_SECRET", "in the environment")
    chosen = loading.load(config, {})
    assert (chosen.oidc_client_secret, chosen.files_s3_secret) == (" hush hush ", "in the environment")
    shown = check("--config", str(config)).output
    assert "credential (the credential oidc_client_secret)" in shown
    assert "hush" not in shown


def test_what_is_no_secret_is_not_looked_for_among_the_credentials(credentials: Path) -> None:
    (credentials / "port").write_text("9000")
    assert loading.load(None, {}).port == Settings().port


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff", "the credential oidc_client_secret is not UTF-8 text"),
        (b"x" * 20_000, "the credential oidc_client_secret is larger than 16384 bytes"),
        (None, "the credential oidc_client_secret cannot be read: Is a directory"),
        (b"a\0b", "the credential oidc_client_secret must be text"),
    ],
)
def test_a_credential_that_cannot_be_taken_is_refused(
    credentials: Path, content: bytes | None, sentence: str
) -> None:
    file = credentials / "oidc_client_secret"
    file.mkdir() if content is None else file.write_bytes(content)
    assert refusal() == sentence


def test_a_long_wrong_value_is_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATD_PORT", "9" * 10_000)
    assert len(refusal()) < 200


def test_check_prints_every_setting_with_its_value_and_its_source(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(
        '[chatd]\nport = 9000\noidc_client_secret = "hush hush"\norigins = ["https://a.example"]\n'
    )
    monkeypatch.setenv("CHATD_SERVER_NAME", "Hopper")
    result = check("--config", str(config), "--data", str(tmp_path / "data"))
    assert (result.exit_code, result.stderr) == (0, "")
    rows = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert list(rows) == [field.name for field in attrs.fields(Settings)]
    assert rows["data"].split()[1:] == [f'"{tmp_path / "data"}"', "flag", "(--data)"]
    assert rows["port"].split()[1:3] == ["9000", "file"]
    assert str(config) in rows["port"]
    assert '"Hopper"' in rows["server_name"]
    assert rows["server_name"].endswith("environment (CHATD_SERVER_NAME)")
    assert rows["host"].split()[1:] == ['"127.0.0.1"', "default"]
    assert '["https://a.example"]' in rows["origins"]
    assert "hush" not in result.output
    assert "****" in rows["oidc_client_secret"]


def test_check_says_all_that_is_wrong_and_ends_with_status_1(config: Path, tmp_path: Path) -> None:
    config.write_text("[chatd]\nprot = 1\nviews = 0.0\n")
    (tmp_path / "data").touch()
    result = check("--config", str(config), "--data", str(tmp_path / "data"))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"chatd: prot in {config} is not a setting; did you mean port?",
        f"chatd: views in {config} must be true or false, not 0.0",
        f"chatd: --data must be a folder, and {tmp_path / 'data'} is not one",
    ]


def test_check_shows_what_is_refused_as_it_is_written(config: Path) -> None:
    config.write_text('[chatd]\nmax_connections = 2.9\norigins = ["a", "https://b.example", "c/d"]\n')
    shown = check("--config", str(config)).output
    assert f"max_connections\t2.9\tfile ({config}), refused\n" in shown
    assert f'origins\t["a", "https://b.example", "c/d"]\tfile ({config}), refused\n' in shown
    assert f"origins in {config} holds 'a' and 'c/d': no web origin" in shown


def test_the_server_does_not_start_with_a_setting_that_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chatd.cli", "serve", "--data", str(tmp_path / "data"), "--port", "2.9"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "chatd: --port must be a whole number, not '2.9'\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "words", [["nonsense"], ["serve", "--nonsense"], ["check", "--config"]], ids=" ".join
)
def test_wrong_usage_of_chatd_is_one_line(words: list[str]) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("chatd: ")
    assert "-h`" in line


def test_what_a_terminal_cannot_show_is_shown_with_backslashes(config: Path) -> None:
    config.write_text('[chatd]\nserver_name = "Größe"\n', encoding="utf-8")
    command = [sys.executable, "-m", "chatd.cli", "check", "--config", str(config)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
    done = subprocess.run(
        command, env={**environment, "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=True
    )
    assert 'server_name\t"Gr\\xf6\\xdfe"\tfile' in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_the_protocol_is_json_on_every_terminal(encoding: str) -> None:
    command = [sys.executable, "-m", "chatd.cli", "schema", "--asyncapi"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout)["asyncapi"].startswith("3.")


@pytest.mark.parametrize(("name", "value"), [("SERVER_NAME", "Gr\udcfc"), ("METRICS", "::1, \udcff")])
def test_a_variable_that_is_not_utf_8_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CHATD_{name}", value)
    assert f"CHATD_{name} must be text in UTF-8, not" in refusal()


@pytest.mark.parametrize("words", [["-h"], ["serve", "-h"], ["check", "-h"], ["schema", "-h"]])
def test_every_command_of_chatd_explains_itself(words: list[str]) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_nodes_of_a_cluster_need_one_place_for_files() -> None:
    cluster: dict[str, Any] = {
        "cluster_servers": ("nats://127.0.0.1:4222",),
        "cluster_monitors": ("http://127.0.0.1:8222",),
    }
    with pytest.raises(ValueError, match="one place for files"):
        Settings(**cluster)
    assert Settings(**cluster, files_shared=True).files_shared
