"""Reads `.env` strictly: a line that cannot be read or a name nobody knows stops the start.

A misspelt limit that is silently ignored could cost money, so it is an error here.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from autotrader.settings.environment import BadSetting

_LINE = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$")
_QUOTED = re.compile(r"""^(?P<quote>['"])(?P<text>.*)(?P=quote)\s*(?:#.*)?$""")
FOREIGN_PREFIXES = ("OTEL_", "POSTGRES_", "COMPOSE_", "DJANGO_", "IBC_")


def read_dotenv(path: Path) -> dict[str, str]:
    """The names and values of `path`; empty when there is no such file. Raises BadSetting for a broken line."""
    if not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(str(path), "…", f"the file cannot be read ({error.__class__.__name__})") from error
    return dict(
        _parse_line(path, number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    )


def require_known(names: Iterable[str], known: frozenset[str], path: Path) -> None:
    """Raise BadSetting for the first of `names` that is no setting, with the nearest one that is."""
    for name in names:
        if name in known or name.startswith(FOREIGN_PREFIXES):
            continue
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {nearest[0]}?" if nearest else "see .env.example for the names that are accepted"
        raise BadSetting(f"{path.name}: {name}", "…", f"no such setting; {hint}")


def _parse_line(path: Path, number: int, line: str) -> tuple[str, str]:
    match = _LINE.match(line.strip())
    if match is None:
        raise BadSetting(f"{path.name} line {number}", line.strip()[:40], "accepted is NAME=value")
    name, raw = match.groups()
    quoted = _QUOTED.match(raw)
    if quoted:
        return name, quoted["text"]
    return name, raw.split(" #", 1)[0].strip()
