"""The project's own source files as syntax trees, for rules that no ready-made tool can say."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autotrader", "trading", "ai", "health", "evaluation", "dashboard")


@dataclass(frozen=True)
class Source:
    """One Python file of the platform."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def platform_sources() -> tuple[Source, ...]:
    """Every Python file of the six packages, migrations left out."""
    paths = [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    return tuple(_read(path) for path in paths)


def committed_files() -> list[Path]:
    """All files git tracks, or an empty list outside a checkout."""
    result = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in result.stdout.split("\0") if name and (ROOT / name).is_file()]


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        parent = dotted(node.value)
        return f"{parent}.{node.attr}" if parent else node.attr
    return ""


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path=str(path.relative_to(ROOT)), text=text, tree=ast.parse(text))
