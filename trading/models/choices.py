"""Enums of the domain as the choices of model fields."""

from enum import Enum


def choices_of(kind: type[Enum]) -> list[tuple[str, str]]:
    """The values of a text enum as Django choices."""
    return [(str(item.value), str(item.value)) for item in kind]
