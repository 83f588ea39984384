"""JSON bodies read exactly: a number with a point becomes a Decimal, never a float; doubled keys are refused."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 256 * 1024


class ExactJSONParser(BaseParser):
    """`application/json` in UTF-8, an object at the top, at most 256 KiB."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise ParseError(f"The body is too large: accepted are {MAX_BODY_BYTES} bytes.")
        value = _decoded(body)
        if not isinstance(value, dict):
            raise ParseError("The body must be a JSON object.")
        return value


def _decoded(body: bytes) -> Any:
    if not body.strip():
        return {}
    try:
        return json.loads(
            body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_without_doubles
        )
    except RecursionError as error:
        raise ParseError("The body is nested too deeply.") from error
    except (ValueError, ArithmeticError) as error:
        raise ParseError(f"The body is not JSON: {error}") from error


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"{', '.join(doubled)} stands there more than once")
    return dict(pairs)
