"""The audit trail's copy on disk: `VAR_DIR/logs/autonomous_trades.jsonl`, one JSON object a line with its hash.

Lines stand in the order of the chain, whichever thread or process wrote them. A line is the hashed JSON with
`"hash"` put at its end, so that the file can be verified byte for byte without the table.
"""

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
from django.conf import settings

from trading.domain.audit_chain import ChainLine

FILE_NAME = "autonomous_trades.jsonl"
_HASH_KEY = b',"hash":"'
_HASH_END = b'"}'
_TAIL_BYTES = 65536

FetchLines = Callable[[int, int], Sequence[ChainLine]]


class AuditFileFault(Exception):
    """The file does not end with a line of the chain it should continue; nothing was written to it."""


def audit_file_path() -> Path:
    """Where the file lies now (read at each call, so that tests and replays can have their own)."""
    return Path(settings.VAR_DIR) / "logs" / FILE_NAME


def encode_line(line: ChainLine) -> bytes:
    """The line as it stands in the file, newline included."""
    return line.body[:-1] + _HASH_KEY + line.hash.encode("ascii") + _HASH_END + b"\n"


def decode_line(raw: bytes) -> ChainLine | None:
    """The line of a file without its newline; None when it is not one."""
    head, mark, digest = raw.rpartition(_HASH_KEY)
    if not mark or not digest.endswith(_HASH_END):
        return None
    body = head + b"}"
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    seq = content.get("seq") if isinstance(content, dict) else None
    if not isinstance(seq, int):
        return None
    return ChainLine(seq=seq, body=body, hash=digest[: -len(_HASH_END)].decode("ascii", "replace"))


class AuditFile:
    """An appender that is kept open. Threads are held apart by a lock, processes by `flock`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._descriptor = -1
        self._owner = 0
        self._size = -1
        self._last: ChainLine | None = None

    def append(self, lines: Sequence[ChainLine], fetch: FetchLines) -> None:
        """Write `lines` unless they are there already. `fetch(first, last)` gives lines that others have not written.

        Raises OSError when the disk refuses; the file is then as it was before.
        """
        with self._locked():
            if lines[0].seq == 1:
                self._begin_chain(lines[0])
            last = self._require_last()
            written = last.seq if last else 0
            missing = list(fetch(written + 1, lines[0].seq - 1)) if lines[0].seq > written + 1 else []
            self._write([*missing, *(line for line in lines if line.seq > written)])

    def complete(self, head_seq: int, fetch: FetchLines, page: int = 1000) -> int:
        """Add what the table has and the file has not. The number of lines added.

        Raises AuditFileFault when the file's last line is not the table's line of that number.
        """
        self._size = -1  # look at the file itself, not at what we remember of it
        with self._locked():
            self._require_same_chain(head_seq, fetch)
            first = self._last.seq + 1 if self._last else 1
            for start in range(first, head_seq + 1, page):
                self._write(fetch(start, min(start + page - 1, head_seq)))
            return max(0, head_seq - first + 1)

    def close(self) -> None:
        """Give the file back; the next append opens it again."""
        with self._lock:
            self._close()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            self._acquire()
            try:
                self._learn()
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _acquire(self) -> None:
        """Lock the file that has the name now: it may have been renamed while we waited, or we are a forked child."""
        while True:
            if self._descriptor < 0 or self._owner != os.getpid():
                self._open()
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if self._is_in_place():
                return
            self._close()

    def _open(self) -> None:
        self._close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._owner = os.getpid()
        self._size = -1

    def _is_in_place(self) -> bool:
        try:
            here = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(here, os.fstat(self._descriptor))

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _learn(self) -> None:
        """Look at the file's end again if somebody else wrote since.

        A power cut may have left the last line without its end: it is cut off, the table has it whole.
        """
        size = os.fstat(self._descriptor).st_size
        if size == self._size:
            return
        if size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n":
            size = _start_of_last_line(self._descriptor, size)
            os.ftruncate(self._descriptor, size)
        self._last = _last_line(self._descriptor, size)
        self._size = size

    def _write(self, lines: Sequence[ChainLine]) -> None:
        if not lines:
            return
        data = b"".join(map(encode_line, lines))
        try:
            written = os.write(self._descriptor, data)
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(data)
        self._last = lines[-1]

    def _begin_chain(self, first: ChainLine) -> None:
        """A new chain never goes behind an old one: the old file steps aside under a name of its own."""
        if self._size == 0:
            return
        own = decode_line(_first_line(self._descriptor))
        if own is None or own.hash != first.hash:
            self._step_aside(own.hash[:12] if own else "unreadable")

    def _step_aside(self, mark: str) -> None:
        """Rename the file to one that carries `mark`, and begin a new one."""
        target = self._path.with_name(f"{self._path.stem}.before-{mark}{self._path.suffix}")
        count = 1
        while target.exists():
            count += 1
            target = self._path.with_name(f"{self._path.stem}.before-{mark}-{count}{self._path.suffix}")
        self._path.rename(target)
        self._acquire_new()

    def _acquire_new(self) -> None:
        self._close()
        self._acquire()
        self._learn()

    def _require_same_chain(self, head_seq: int, fetch: FetchLines) -> None:
        last = self._require_last()
        if last is None:
            return
        if head_seq == 0:
            self._step_aside(last.hash[:12])
            return
        same = fetch(last.seq, last.seq)
        if not same or same[0].hash != last.hash:
            raise AuditFileFault(f"line {last.seq} of {self._path} is not the table's line of that number")

    def _require_last(self) -> ChainLine | None:
        """The file's last line, None for an empty file. Raises AuditFileFault when it is not an audit line."""
        if self._size > 0 and self._last is None:
            raise AuditFileFault(f"the last line of {self._path} is not an audit line")
        return self._last


def _first_line(descriptor: int) -> bytes:
    head = b""
    while b"\n" not in head:
        more = os.pread(descriptor, _TAIL_BYTES, len(head))
        if not more:
            break
        head += more
    return head.partition(b"\n")[0]


def _last_line(descriptor: int, size: int) -> ChainLine | None:
    """The last line of a file that ends with a newline; None for an empty file or when it is not an audit line."""
    if size == 0:
        return None
    start = _start_of_last_line(descriptor, size - 1)
    return decode_line(os.pread(descriptor, size - 1 - start, start))


def _start_of_last_line(descriptor: int, size: int) -> int:
    """Where the line that reaches up to `size` begins."""
    end = size
    while end > 0:
        begin = max(0, end - _TAIL_BYTES)
        newline = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0


_files: dict[Path, AuditFile] = {}
_files_lock = threading.Lock()


def audit_file() -> AuditFile:
    """This process's appender for the present path."""
    path = audit_file_path()
    with _files_lock:
        return _files.setdefault(path, AuditFile(path))
