"""The signing key of an embedded installation: made once, kept in a file only its owner can read."""

import os
import secrets
from pathlib import Path


def stored_secret_key(path: Path) -> str:
    """The key in `path`; made there on the first call. Safe when two processes start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text(encoding="ascii")
