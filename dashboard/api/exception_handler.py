"""Every exception of an API view becomes a problem. Domain errors know no HTTP; their meaning is mapped here.

What nobody expected is logged with its traceback and told as a bare 500: nothing of the inside goes out.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from autotrader.lib.errors import AutotraderError, BadInput, Conflict, NotFound
from dashboard.api.problem import CONTENT_TYPE, problem_body

logger = logging.getLogger(__name__)

DOMAIN_STATUS: tuple[tuple[type[AutotraderError], int], ...] = ((BadInput, 400), (NotFound, 404), (Conflict, 409))
UNAVAILABLE_CODES = frozenset({"venue_unavailable", "data_unavailable"})
OTHER_DOMAIN_ERROR = 422


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer for any exception a view raised (REST_FRAMEWORK["EXCEPTION_HANDLER"])."""
    set_rollback()
    response = _answer(error, context)
    response.content_type = CONTENT_TYPE
    return response


def _answer(error: Exception, context: Mapping[str, Any]) -> Response:
    if isinstance(error, AutotraderError):
        return _problem(_domain_status(error), error.message, error.code)
    if isinstance(error, ModelValidationError):
        return _problem(400, " ".join(error.messages), "bad_input")
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing with this name or id.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _rest_problem(error)
    logger.error("the API failed at %s", _where(context), exc_info=error)
    return _problem(500, "Something went wrong inside the platform; it is in the log.", "internal_error")


def _domain_status(error: AutotraderError) -> int:
    if error.code in UNAVAILABLE_CODES:
        return 503
    return next((status for kind, status in DOMAIN_STATUS if isinstance(error, kind)), OTHER_DOMAIN_ERROR)


def _rest_problem(error: exceptions.APIException) -> Response:
    response = _problem(error.status_code, _detail(error), _code(error), dict(_field_errors(error)))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        response["WWW-Authenticate"] = getattr(error, "auth_header", "Token")
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _problem(status: int, detail: str, code: str, errors: Mapping[str, list[str]] | None = None) -> Response:
    return Response(problem_body(status, detail, code=code, errors=errors), status=status)


def _detail(error: exceptions.APIException) -> str:
    if not isinstance(error, exceptions.ValidationError):
        return str(error.detail)
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in _field_errors(error)) or "This is not accepted."


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "bad_input"
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _field_errors(error: exceptions.APIException) -> Iterator[tuple[str, list[str]]]:
    if not isinstance(error, exceptions.ValidationError):
        return
    detail: Any = error.detail
    if not isinstance(detail, Mapping):
        detail = {api_settings.NON_FIELD_ERRORS_KEY: detail}
    yield from _flatten("", detail)


def _flatten(prefix: str, detail: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flatten(f"{prefix}.{name}" if prefix else str(name), inner)
    elif isinstance(detail, list) and any(isinstance(inner, Mapping) for inner in detail):
        for index, inner in enumerate(detail):
            yield from _flatten(f"{prefix}[{index}]", inner)
    elif detail:
        yield prefix, [str(text) for text in (detail if isinstance(detail, list) else [detail])]


def _where(context: Mapping[str, Any]) -> str:
    request = context.get("request")
    return f"{request.method} {request.path}" if request is not None else "an unknown address"
