"""A model field for money and quantities that is exact on both databases.

PostgreSQL keeps `numeric`. SQLite's decimal is a binary float, so there the number is text in a column whose
collation compares numbers (registered on every connection by `sqlite.py`): filters, ordering and
constraints mean the same on both.
"""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable

from autotrader.lib.money import MAX_DECIMAL_PLACES, MAX_DIGITS, plain, tidy

SQLITE_COLLATION = "exact_decimal"

if TYPE_CHECKING:
    _SetType = TypeVar("_SetType", contravariant=True)
    _GetType = TypeVar("_GetType", covariant=True)

    class _Field(models.Field[_SetType, _GetType]):
        """What the type checker needs to know of a field that may be null."""

        _pyi_private_set_type: Decimal | int | str | Combinable
        _pyi_private_get_type: Decimal

else:
    _Field = models.Field


class ExactDecimalField(_Field):  # type: ignore[type-arg]
    """A Decimal of up to 38 digits, 18 of them after the point, stored without loss. Floats are refused."""

    description = "Exact decimal number"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        if connection.vendor == "sqlite":
            return f"text COLLATE {SQLITE_COLLATION}"
        return "numeric"

    def get_internal_type(self) -> str:
        return "ExactDecimalField"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, bool | float):
            raise ValidationError(f"{self.name}: {value!r} is a {type(value).__name__}; an exact decimal is needed")
        try:
            return Decimal(value)
        except (InvalidOperation, TypeError, ValueError) as error:
            raise ValidationError(f"{self.name}: {value!r} is not a decimal number") from error

    def get_prep_value(self, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        number = self.to_python(value)
        if number is not None:
            _require_storable(number, self.name)
        return number

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        number = value if prepared else self.get_prep_value(value)
        if not isinstance(number, Decimal):
            return number
        return plain(number) if connection.vendor == "sqlite" else tidy(number)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(str(value))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else plain(value)


class ExactSum(models.Aggregate):
    """SUM that stays exact on SQLite too (an own aggregate over text). None over no rows."""

    function = "SUM"
    name = "ExactSum"

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, output_field=ExactDecimalField(), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, function="exact_sum", **extra)


def _require_storable(number: Decimal, name: str | None) -> None:
    if not number.is_finite():
        raise ValidationError(f"{name}: {number} is not a finite number")
    text = plain(number).lstrip("-")
    whole, _, fraction = text.partition(".")
    if len(fraction) > MAX_DECIMAL_PLACES or len(whole) + len(fraction) > MAX_DIGITS:
        raise ValidationError(
            f"{name}: {number} has too many digits (at most {MAX_DIGITS}, {MAX_DECIMAL_PLACES} after the point)"
        )
