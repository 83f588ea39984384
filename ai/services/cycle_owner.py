"""Who runs a cycle: host, process and thread, so that a later run can tell a crashed owner from a busy one."""

import os
import socket
import threading

from autotrader.lib.ids import PROCESS_TOKEN

_PARTS = 4


def cycle_owner() -> str:
    """The name of the present thread of this process on this host."""
    return f"{socket.gethostname()}|{os.getpid()}|{PROCESS_TOKEN}|{threading.get_ident()}"


def is_owner_gone(owner: str) -> bool:
    """Whether `owner` certainly runs no more. False when that cannot be known (another host): its lease must end."""
    parts = owner.split("|")
    if len(parts) != _PARTS or not parts[1].isdigit():
        return True
    host, process, token, thread = parts
    if host != socket.gethostname():
        return False
    if int(process) == os.getpid():
        return token != PROCESS_TOKEN or not _has_thread(int(thread))
    return not _has_process(int(process))


def _has_thread(ident: int) -> bool:
    return any(thread.ident == ident for thread in threading.enumerate())


def _has_process(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
