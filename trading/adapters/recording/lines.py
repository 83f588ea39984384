"""The CSV lines of a recording, whatever it is packed in. Reads as a stream: a file is never held in memory whole.

Every way in which a file can be unreadable becomes one BadInput that names the file.
"""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from autotrader.lib.errors import BadInput

ACCEPTED_FILES = "accepted are .csv, .csv.gz and Binance's kline .zip"


def csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number (from 1) and fields of every line that is not blank. Raises BadInput."""
    number = 0
    try:
        with _opened(path) as text:
            reader = csv.reader(text, strict=True)
            for fields in reader:
                number = reader.line_num
                if fields:
                    yield number, fields
    except FileNotFoundError as error:
        raise BadInput(f"{path}: there is no such file") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise BadInput(f"{path}, after line {number}: the packed file is damaged or cut off ({error})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}, after line {number}: this is not text in UTF-8; {ACCEPTED_FILES}") from error
    except csv.Error as error:
        raise BadInput(f"{path}, line {number + 1}: not a CSV line ({error})") from error
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error})") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    with _opened_bytes(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        yield text


@contextmanager
def _opened_bytes(path: Path) -> Iterator[Any]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only_csv(path, archive)) as member:
            yield member
    elif path.suffix == ".gz":
        with gzip.open(path, "rb") as unpacked:
            yield unpacked
    elif path.suffix == ".csv":
        with path.open("rb") as plain:
            yield plain
    else:
        raise BadInput(f"{path}: unknown kind of file; {ACCEPTED_FILES}")


def _only_csv(path: Path, archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if name.endswith(".csv")]
    if len(names) != 1:
        raise BadInput(f"{path}: {len(names)} CSV files inside; accepted is a zip with exactly one")
    return names[0]
