"""The rules of the house that linters cannot say: size, clock, randomness, floats, doors."""

import ast
import re
import statistics
from pathlib import Path

import pytest

from tests.house.source import ROOT, Source, committed_files, dotted, platform_sources

FILE_WALL = 400
FUNCTION_WALL = 60
MEDIAN_FUNCTION = 8
CLOCK_CALLS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
    "time.sleep",
    "timezone.now",
}
RANDOM_CALLS = re.compile(r"^(random|secrets|uuid)\.|^uuid\d$|^(token_urlsafe|token_hex|randbits)$")
TOP_LEVEL = {
    ".ci", ".dockerignore", ".env.example", ".gitignore", ".npmrc", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "Makefile", "README.md", "ai", "autotrader", "dashboard", "docker", "docker-compose.yml", "docs", "evaluation",
    "health", "manage.py", "package-lock.json", "package.json", "pyproject.toml", "requirements", "templates", "tests",
    "trading",
}  # fmt: skip


def _offences(rule: str, allowed: set[str], find: object) -> list[str]:
    assert callable(find)
    return [
        f"{source.path}: {rule}: {hit}"
        for source in platform_sources()
        if source.path not in allowed
        for hit in find(source)
    ]


def test_there_are_sources_to_look_at() -> None:
    assert len(platform_sources()) > 50


def test_no_file_is_longer_than_the_wall() -> None:
    assert [f"{s.path}: {s.lines}" for s in platform_sources() if s.lines > FILE_WALL] == []


def test_no_function_is_longer_than_the_wall() -> None:
    long = [
        f"{source.path}:{node.lineno} {node.name}"
        for source in platform_sources()
        for node in source.functions()
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_WALL
    ]
    assert long == []


def test_the_median_function_is_short() -> None:
    sizes = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for source in platform_sources()
        for node in source.functions()
    ]
    assert statistics.median(sizes) <= MEDIAN_FUNCTION


def test_only_the_clock_reads_the_time() -> None:
    def hits(source: Source) -> list[str]:
        return [
            f"line {call.lineno} {dotted(call.func)}"
            for call in source.calls()
            if any(dotted(call.func) == name or dotted(call.func).endswith("." + name) for name in CLOCK_CALLS)
        ]

    assert _offences("reads the clock", {"autotrader/lib/clock.py"}, hits) == []


def test_only_the_id_source_makes_random_things() -> None:
    def hits(source: Source) -> list[str]:
        return [f"line {c.lineno} {dotted(c.func)}" for c in source.calls() if RANDOM_CALLS.search(dotted(c.func))]

    # Passwords and signing keys must be unguessable and are never part of a replay.
    allowed = {
        "autotrader/lib/ids.py",
        "autotrader/settings/secret_key.py",
        "dashboard/access/passwords.py",
    }
    assert _offences("makes random things", allowed, hits) == []


def test_no_decimal_is_made_from_a_float_literal() -> None:
    def hits(source: Source) -> list[str]:
        return [
            f"line {call.lineno}"
            for call in source.calls()
            if dotted(call.func).split(".")[-1] == "Decimal"
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, float)
        ]

    assert _offences("Decimal(float)", set(), hits) == []


def test_no_service_sends_a_task() -> None:
    def hits(source: Source) -> list[str]:
        if "/services/" not in source.path:
            return []
        return [f"line {c.lineno}" for c in source.calls() if dotted(c.func).endswith((".delay", ".apply_async"))]

    assert _offences("a service sends a task", set(), hits) == []


def test_every_module_says_what_it_is_for() -> None:
    missing = [s.path for s in platform_sources() if s.text.strip() and ast.get_docstring(s.tree) is None]
    assert missing == []


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "misc.py", "common.py"])
def test_there_is_no_drawer_for_everything(name: str) -> None:
    assert [s.path for s in platform_sources() if Path(s.path).name == name] == []


def test_the_top_level_holds_only_what_belongs_there() -> None:
    files = committed_files()
    if not files:
        pytest.skip("not a git checkout, so what is committed cannot be told")
    assert {path.relative_to(ROOT).parts[0] for path in files} <= TOP_LEVEL


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile("|".join(["registry" + r"\.npmjs", "pypi" + r"\.org", "python" + "hosted", "docker" + r"\.io"]))
    named = [
        str(path.relative_to(ROOT))
        for path in committed_files()
        if path.suffix not in {".png", ".woff2"} and hosts.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []
