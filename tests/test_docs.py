"""The documents say what is true: they name what exists, their tables are current.

`tests/pages` runs what they show.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, get_args

import attrs
import bounds
import click
import pytest
from e2e import test_hostile_clients as hostile

from chatctl import cli as chatctl_cli
from chatd import cli as chatd_cli
from chatd.contract.close_codes import CLOSE_CODES
from chatd.contract.errors import Code
from chatd.contract.events import EVENTS
from chatd.contract.fields import Scope
from chatd.contract.requests import REQUESTS
from chatd.contract.signals import SIGNALS
from chatd.contract.spec import Done, RequestType
from chatd.domain.policy.roles import LOWEST_ROLE, RANK
from chatd.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SECURITY = (ROOT / "SECURITY.md").read_text()
PROTOCOL = (DOCS / "protocol.md").read_text()
MOST_WORDS = {"architecture.md": 1_200, "protocol.md": 2_600}  # a page that explains is read from end to end

FOLDERS = "chatd|chatctl|bench|docs|tests"
FILES = re.compile(rf"`((?:{FOLDERS})/[\w./-]*|[\w.-]+\.(?:sql|toml)|\.ci/run|Makefile)`")
PARTS = re.compile(rf"`([\w.]+)`\s+in\s+`((?:{FOLDERS})/[\w./-]+\.py)`")
LINKS = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FRAGMENTED = re.compile(r"(?:^|[\s`(\"'=])/(?:home|root|work|mnt|Users)/|\.\./\.\./\.\.|localhost:\d{5}")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|lorem)\b", re.IGNORECASE)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


# --- every page -------------------------------------------------------------------------------------------


@every_page
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    made_by_running = {"package.json"}
    named = set(FILES.findall(page.read_text())) - made_by_running
    assert not {name for name in named if not (ROOT / name).exists()}


@every_page
def test_every_function_that_a_page_names_is_in_its_file(page: Path) -> None:
    missing = set()
    for name, file in PARTS.findall(page.read_text()):
        last = re.escape(name.rpartition(".")[2])
        source = (ROOT / file).read_text()
        if not re.search(rf"^\s*(?:async )?(?:def|class) {last}\b|^\s*{last}\b.* = ", source, re.MULTILINE):
            missing.add(f"{name} in {file}")
    assert not missing


@every_page
def test_every_link_leads_somewhere_inside_the_project(page: Path) -> None:
    for link in LINKS.findall(page.read_text()):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@every_page
def test_no_page_speaks_of_the_machine_it_was_written_on_or_leaves_something_open(page: Path) -> None:
    text = page.read_text()
    assert not FRAGMENTED.search(text)
    assert not UNFINISHED.search(text)


@pytest.mark.parametrize("page", MOST_WORDS)
def test_a_page_that_explains_is_short(page: str) -> None:
    assert len((DOCS / page).read_text().split()) <= MOST_WORDS[page]


def test_the_glossary_has_a_line_for_each_term_in_alphabetical_order() -> None:
    glossary = (DOCS / "glossary.md").read_text().split("\n## ")[0]
    terms = re.findall(r"^- \*\*(.+?)\*\*.*: .+\.$", glossary, re.MULTILINE)
    assert len(terms) == glossary.count("**") // 2
    assert terms == sorted(set(terms), key=lambda term: term.replace("-", " ").lower())


def test_every_decision_is_in_the_list_of_decisions() -> None:
    listed = LINKS.findall((DOCS / "adr" / "README.md").read_text())
    assert sorted(listed) == sorted(page.name for page in (DOCS / "adr").glob("0*.md"))


# --- the reference ----------------------------------------------------------------------------------------


def test_the_reference_says_what_the_code_says() -> None:
    checked = subprocess.run(
        [sys.executable, str(DOCS / "reference.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


class Spoilt(NamedTuple):
    """A copy of the reference with three wrong files: what `--check` said, and what was written then."""

    folder: Path
    status: int
    said: list[str]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Spoilt:
    folder = tmp_path_factory.mktemp("copy")
    (folder / "docs").mkdir()
    (folder / "tests").mkdir()
    written = ("docs/reference.py", "docs/reference_pages", "docs/reference", "SECURITY.md")
    for name in (*written, "tests/bounds.py"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "docs" / "reference" / "signals.md").write_text("nothing")
    (folder / "docs" / "reference" / "requests.md").write_text("of an older version")
    (folder / "SECURITY.md").write_text(SECURITY.replace("| 262,144 bytes |", "| 262,145 bytes |"))
    run = [sys.executable, str(folder / "docs" / "reference.py")]
    checked = subprocess.run([*run, "--check"], capture_output=True, text=True, check=False)
    subprocess.run(run, check=True)
    return Spoilt(folder, checked.returncode, checked.stderr.splitlines())


def test_the_reference_is_checked_page_by_page(spoilt: Spoilt) -> None:
    assert (spoilt.status, len(spoilt.said)) == (1, 3)
    assert "docs/reference/signals.md is not current" in "\n".join(spoilt.said)
    page = Path("reference", "signals.md")
    assert (spoilt.folder / "docs" / page).read_text() == (DOCS / page).read_text()


def test_a_page_of_the_reference_that_nothing_writes_is_removed(spoilt: Spoilt) -> None:
    assert "docs/reference/requests.md is not current" in "\n".join(spoilt.said)
    assert not (spoilt.folder / "docs" / "reference" / "requests.md").exists()


def test_the_bounds_in_the_security_page_are_those_of_the_code_and_the_tests(spoilt: Spoilt) -> None:
    assert [line for line in spoilt.said if line.startswith("SECURITY.md ")]
    assert (spoilt.folder / "SECURITY.md").read_text() == SECURITY


def test_every_setting_that_is_a_number_or_a_rate_is_among_the_bounds() -> None:
    shown = set(re.findall(r"^\| .* \| `(\w+)` \| `[\d./]+` \|$", SECURITY, re.MULTILINE))
    limiting = {
        field.name
        for field in attrs.fields(Settings)
        if (type(field.default) in (int, float) and field.name != "port")
        or re.fullmatch(r"[\d.]+/\d+", str(field.default))
    }
    assert shown == limiting


def test_the_bounds_of_hostile_clients_are_those_that_their_tests_assert() -> None:
    said = (bounds.STORM_MEMORY.most, bounds.STORM_DISK.most)
    assert hostile.harmless.__defaults__ == said
    assert (bounds.STORM_WAIT.most, bounds.STRANGER_REFUSALS.most) == (hostile.WAIT, hostile.FEW_REFUSALS)


def test_every_bound_that_tests_assert_is_asserted_by_one() -> None:
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("*.py") if file.name != "bounds.py")
    names = {name for name, value in vars(bounds).items() if isinstance(value, bounds.Bound)}
    assert names
    assert not {name for name in names if f"{name}.most" not in tests}


def headings(page: str, level: int) -> dict[str, str]:
    """The sections whose heading is one name in code, by that name: the text up to the next heading."""
    parts = re.split(r"^(#+) (.+)$", (DOCS / "reference" / page).read_text(), flags=re.MULTILINE)
    found: dict[str, str] = {}
    for marks, heading, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if len(marks) == level and (name := re.fullmatch(r"`([^`]+)`", heading)):
            assert name[1] not in found, f"{page} has two sections {name[1]}"
            found[name[1]] = text
    return found


def first_column(page: str) -> list[str]:
    text = (DOCS / "reference" / page).read_text()
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_every_request_has_its_section_and_no_other_has_one() -> None:
    sections = headings("commands-and-queries.md", 3)
    assert list(sections) == list(REQUESTS)


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_a_request_of_the_reference_says_all_that_its_row_says(entry: RequestType) -> None:
    section = headings("commands-and-queries.md", 3)[entry.name]
    said = [
        entry.doc,
        *(f"- {note}\n" for note in entry.notes),
        *(f"| `{field}` | " for field in entry.fields),
        f"- Rate class: `{entry.rate}`\n",
    ]
    if entry.refusals:
        said.append("- Refused with: " + ", ".join(f"`{code}`" for code in in_order(entry.refusals)) + "\n")
    if entry.events:
        said.append("- May log: " + ", ".join(f"`{name}`" for name in entry.events) + "\n")
    if entry.result is not Done:
        said.append(f"- Result: [`{entry.result.__name__}`](#type-{entry.result.__name__.lower()})\n")
    assert not [one for one in said if one not in section]
    assert (entry.scope in get_args(Scope)) == (f"with the scope `{entry.scope}`" in section)
    assert entry.pipelined == ("pipelined.*" in section)


def in_order(codes: tuple[str, ...]) -> list[str]:
    return sorted(codes, key=get_args(Code).index)


def test_every_error_code_is_in_the_reference_and_no_other() -> None:
    page = (DOCS / "reference" / "errors.md").read_text().split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(get_args(Code))


@pytest.mark.parametrize("kind", ["account", "space", "room", "server"])
def test_every_event_has_its_section_in_its_kind_of_stream(kind: str) -> None:
    page = (DOCS / "reference" / "events.md").read_text()
    section = page.split(f"\n## Streams `{kind}/<id>`\n")[1].split("\n## ")[0]
    named = re.findall(r"^### `([^`]+)`$", section, re.MULTILINE)
    assert named == [name for stream, name in EVENTS if stream == kind]


def test_every_signal_has_its_section_and_no_other_has_one() -> None:
    assert list(headings("signals.md", 3)) == list(SIGNALS)


def test_every_setting_is_in_the_reference_and_no_other() -> None:
    assert first_column("settings.md") == [field.name for field in attrs.fields(Settings)]


def test_every_role_and_right_is_in_the_reference_and_no_other() -> None:
    page = (DOCS / "reference" / "rights.md").read_text()
    roles = sorted(RANK, key=lambda role: -RANK[role])
    assert f"| right | {' | '.join(roles)} |\n" in page
    rights = re.findall(r"^\| `([\w.]+)` \| yes", page, re.MULTILINE)
    assert rights == list(LOWEST_ROLE)


def test_every_command_has_its_section_on_the_page_of_the_command_line() -> None:
    page = (DOCS / "reference" / "command-line.md").read_text()
    named = re.findall(r"^#{3,4} `(chatd|chatctl)((?: [a-z-]+)*)`$", page, re.MULTILINE)
    made = [f"{program}{words}" for program, words in named]
    assert sorted(made) == sorted([*below("chatd", chatd_cli.main), *below("chatctl", chatctl_cli.cli)])


def below(path: str, group: click.Group) -> list[str]:
    """The groups and commands in it, by their full names."""
    found = []
    for name, command in group.commands.items():
        found.append(f"{path} {name}")
        if isinstance(command, click.Group):
            found += below(f"{path} {name}", command)
    return found


def test_every_close_code_that_the_server_sends_is_in_the_reference() -> None:
    section = (DOCS / "reference" / "errors.md").read_text().split("\n## Close codes")[1]
    listed = re.findall(r"^\| (\d{4}) \|", section, re.MULTILINE)
    sources = [
        *(ROOT / "chatd" / "gateway").rglob("*.py"),
        *(ROOT / "chatd" / "actors").rglob("*.py"),
        *(ROOT / "chatd" / "handlers").glob("*.py"),
    ]
    code = "".join(file.read_text() for file in [*sources, ROOT / "chatd" / "app.py"])
    sent = set(re.findall(r"\b(?:close|end|_refuse|_too_much)\(\s*(\d{4})\b", code))
    sent |= set(re.findall(r"^[A-Z_]+: Final = (4\d{3})\b", code, re.MULTILINE))
    assert {"1001", "1008", "1009", "4001", "4002", "4003"} <= sent
    assert sent <= set(listed)
    assert listed == [str(row.code) for row in CLOSE_CODES]


def test_every_route_is_in_the_protocol() -> None:
    http = ROOT / "chatd" / "gateway" / "http"
    modules = [http / f"{name}.py" for name in ("account_forms", "health_routes", "sso_routes")]
    routes = [route for one in modules for route in re.findall(r'Route\("([^"]+)"', one.read_text())]
    section = PROTOCOL.split("\n## HTTP on the same port")[1]
    assert "/healthz" in routes
    assert not {route for route in routes if f"`GET {route}`" not in section}
