"""The one shape of an error at the API: `application/problem+json` (RFC 9457) with a code and errors by field."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"


def problem_body(
    status: int, detail: str, *, code: str, errors: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """The content of an error. `detail` is for people, `code` is stable and for programs."""
    return {
        "type": f"urn:autotrader:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": {name: list(texts) for name, texts in (errors or {}).items()},
    }


def problem_page(status: int, detail: str, *, code: str) -> JsonResponse:
    """The same shape where no REST view answers (unknown address, broken request line)."""
    return JsonResponse(problem_body(status, detail, code=code), status=status, content_type=CONTENT_TYPE)
