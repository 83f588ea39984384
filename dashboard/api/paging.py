"""Pages that stay right while rows are added: a cursor over one unique, fixed ordering instead of page numbers."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import ParseError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

MAX_PAGE_SIZE = 500
ACCEPTED_SIZES = frozenset(str(size) for size in range(1, MAX_PAGE_SIZE + 1))


class StablePaging(CursorPagination):
    """`?page_size=` (1 to 500, 100 when left out) and `?cursor=` as given in `next` and `previous`.

    The ordering is the view's `ordering`; a caller cannot change it.
    """

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    invalid_cursor_message = "This cursor is not valid: use the addresses in next and previous."

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if text is None:
            return self.page_size or MAX_PAGE_SIZE
        if text not in ACCEPTED_SIZES:
            raise ParseError(f"page_size is {text!r}; accepted is a whole number from 1 to {MAX_PAGE_SIZE}.")
        return int(text)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self._model = queryset.model
        self._field_name = str(view.ordering[0]).lstrip("-")
        return super().paginate_queryset(queryset, request, view)

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            self._check(str(cursor.position))
        return cursor

    def _check(self, position: str) -> None:
        try:
            self._model._meta.get_field(self._field_name).to_python(position)
        except (ValidationError, FieldDoesNotExist, ValueError) as error:
            raise ParseError(self.invalid_cursor_message) from error
        if "\x00" in position:
            raise ParseError(self.invalid_cursor_message)
