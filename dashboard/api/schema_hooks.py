"""What the OpenAPI document needs beyond what the views say: one spelling of each path, and the shape of errors."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

Endpoint = tuple[str, str, str, Callable[..., Any]]

PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457). `code` is stable and for programs, `detail` is for people.",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Complaints by field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ANYWHERE = {
    "400": "The request is not of the accepted form.",
    "401": "Not logged in.",
    "403": "Not allowed.",
    "404": "Not there.",
    "429": "Too often; see Retry-After.",
}
ON_WRITING = {
    "409": "It does not fit the present state.",
    "415": "The body is not JSON.",
    "422": "It cannot be done.",
    "503": "A partner does not answer; try again later.",
}


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document names the token login."""

    target_class = "dashboard.access.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token …` from `manage.py create_token`.",
        }


def keep_one_spelling(endpoints: list[Endpoint], **options: Any) -> list[Endpoint]:
    """Each address answers with and without a slash at its end; the document shows the short ones without."""
    paths = {path for path, *_ in endpoints}
    return [entry for entry in endpoints if not (entry[0].endswith("/") and entry[0].rstrip("/") in paths)]


def describe_problems(result: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Add the error shape to every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            expected = ANYWHERE if method == "get" else ANYWHERE | ON_WRITING
            for status, words in expected.items():
                operation["responses"].setdefault(status, _response(words))
    return result


def _response(words: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": words, "content": content}
