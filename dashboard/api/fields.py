"""Fields and serializers of the API: decimals as text, nothing unknown, nothing silently changed."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from autotrader.lib.fields import ExactDecimalField
from autotrader.lib.money import MAX_DECIMAL_PLACES, MAX_DIGITS, plain

MAX_TEXT = 64


@extend_schema_field({"type": "string", "format": "decimal", "example": "0.015"})
class DecimalText(serializers.Field):  # type: ignore[type-arg]
    """A decimal as text without exponent. Taken as text or JSON number, finite, above zero if `is_positive`."""

    default_error_messages = {
        "kind": 'must be a number, best written as text such as "0.015".',
        "finite": "must be a finite number.",
        "positive": "must be above zero, not {value}.",
        "digits": f"has too many digits: accepted are {MAX_DIGITS}, at most {MAX_DECIMAL_PLACES} after the point.",
    }

    def __init__(self, *, is_positive: bool = False, **options: Any) -> None:
        self._is_positive = is_positive
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Decimal:
        number = self._number(data)
        if not number.is_finite():
            self.fail("finite")
        if self._is_positive and number <= 0:
            self.fail("positive", value=str(data))
        _, digits, exponent = number.as_tuple()
        if len(digits) > MAX_DIGITS or abs(int(exponent)) > MAX_DIGITS or -int(exponent) > MAX_DECIMAL_PLACES:
            self.fail("digits")
        return number

    def to_representation(self, value: Decimal) -> str:
        return plain(value)

    def _number(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("kind")
        if isinstance(data, str) and len(data) > MAX_TEXT:
            self.fail("digits")
        try:
            return Decimal(data)
        except InvalidOperation:
            self.fail("kind")


class StrictSerializer(serializers.Serializer[Any]):
    """Input whose every key is known; a misspelt one is an error and not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        accepted = ", ".join(self.fields) or "none"
        unknown = {
            str(name): [f"is not known here; accepted are {accepted}."] for name in data if name not in self.fields
        }
        if unknown:
            raise serializers.ValidationError(unknown)


class StrictText(serializers.CharField):
    """Text that must come as text: a number or a list is not quietly turned into one."""

    default_error_messages = {"kind": "must be text."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("kind")
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    """true or false, and nothing that only looks like it."""

    default_error_messages = {"kind": "must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("kind")
        return data


class RowSerializer(serializers.ModelSerializer[Any]):
    """A row on the way out: exact decimals as text."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, ExactDecimalField: DecimalText}


class SymbolOfRow(serializers.CharField):
    """The symbol of a row's instrument (the view must have it joined)."""

    def __init__(self) -> None:
        super().__init__(source="instrument.symbol", read_only=True)
