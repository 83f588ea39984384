"""Plain statements, for what every cycle or every order does: building the ORM's query costs ten times its execution.

Values go through the fields' own conversions in both directions (exact decimals, aware stamps, JSON), so rows are what
the ORM would write and read; signals and `Model.save` do not run. Statements are written in the SQL that SQLite and
PostgreSQL share, with `%s` for every value, and never hold a value from outside. Used only where a profile says so.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

from autotrader.lib.conversions import Convert, reader, writer

Readers = tuple[Convert | None, ...]
Row = TypeVar("Row", bound=models.Model)
_NO_VALUES: tuple[Any, ...] = ()


def execute(statement: str, values: Sequence[Any]) -> int:
    """Run a writing statement; the number of rows it touched."""
    database = _database()
    with database.cursor() as cursor:
        cursor.execute(statement, _adapted(database, values))
        return int(cursor.rowcount)


def fetch(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a reading statement, as the driver gives them: on SQLite stamps and exact decimals are text."""
    database = _database()
    with database.cursor() as cursor:
        cursor.execute(statement, _adapted(database, values))
        return list(cursor.fetchall())


def fetch_locked(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The same, and the rows (of one table) stay locked until the transaction ends. SQLite needs no lock: its
    transactions are IMMEDIATE, one writer at a time. Raises TransactionManagementError outside a transaction."""
    return fetch(statement + _lock(" FOR UPDATE"), values)


class Select:
    """Some columns of a table and of rows that hang on it, written once.

    `columns` are attribute names such as "instrument_id", or "instrument.symbol" for a column behind a foreign key of
    `model`. The table's own name in `tail` (all that follows FROM and its joins) is `t`, a joined one's its key's.
    """

    def __init__(self, model: type[models.Model], columns: Sequence[str], tail: str) -> None:
        paths = [_path(name) for name in columns]
        joined = tuple(dict.fromkeys(relation for relation, _ in paths if relation))
        self._fields = [_field(_model_of(model, relation), name) for relation, name in paths]
        aliases = [relation or "t" for relation, _ in paths]
        self._known: dict[str, Readers] = {}
        self._statement = _select(model, list(zip(aliases, self._fields, strict=True)), joined, tail)

    def rows(self, values: Sequence[Any] = _NO_VALUES) -> list[tuple[Any, ...]]:
        """The rows for `values`, one for each `%s`."""
        found = fetch(self._statement, values)
        return _read(found, self._readers(_database().vendor)) if found else []

    def _readers(self, vendor: str) -> Readers:
        """Made once for each kind of database: at import none is connected yet."""
        if vendor not in self._known:
            self._known[vendor] = tuple(reader(field) for field in self._fields)
        return self._known[vendor]


class SelectRows(Generic[Row]):
    """Whole rows as model instances, with the rows behind the foreign keys `related` in them, written once.

    In `tail` the table is called `t`, a related one by its key's name.
    """

    def __init__(self, model: type[Row], tail: str, *, related: Sequence[str] = ()) -> None:
        self._model = model
        self._related = [(name, _model_of(model, name)) for name in related]
        tables: list[tuple[str, type[models.Model]]] = [("t", model), *self._related]
        columns = [(alias, field) for alias, table in tables for field in table._meta.concrete_fields]
        self._fields = [field for _, field in columns]
        self._known: dict[str, Readers] = {}
        self._statement = _select(model, columns, tuple(related), tail)

    def all(self, values: Sequence[Any], *, lock: bool = False) -> list[Row]:
        """The rows for `values`. `lock` holds those of `t` as `fetch_locked` does."""
        found = fetch(self._statement + (_lock(" FOR UPDATE OF t") if lock else ""), values)
        return [self._made(row) for row in _read(found, self._readers(_database().vendor))] if found else []

    def first(self, values: Sequence[Any], *, lock: bool = False) -> Row | None:
        """The first of the rows, None when there is none."""
        found = self.all(values, lock=lock)
        return found[0] if found else None

    def one(self, values: Sequence[Any], *, lock: bool = False) -> Row:
        """The first of the rows. Raises the model's DoesNotExist when there is none."""
        found = self.first(values, lock=lock)
        if found is None:
            raise self._model.DoesNotExist(f"no {self._model._meta.object_name} for {tuple(values)}")  # type: ignore[attr-defined]
        return found

    def _readers(self, vendor: str) -> Readers:
        """Made once for each kind of database: at import none is connected yet."""
        if vendor not in self._known:
            self._known[vendor] = tuple(reader(field) for field in self._fields)
        return self._known[vendor]

    def _made(self, values: tuple[Any, ...]) -> Row:
        end = len(self._model._meta.concrete_fields)
        row: Row = _instance(self._model, values[:end])
        for name, table in self._related:
            begin, end = end, end + len(table._meta.concrete_fields)
            is_missing = getattr(row, _field_named(self._model, name).attname) is None
            row._state.fields_cache[name] = None if is_missing else _instance(table, values[begin:end])
        return row


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` (values in the order of `columns`, which are attribute names such as "cycle_id").

    Model defaults do not run: every column is given. Raises django.db.IntegrityError when a constraint refuses one;
    then none is kept (inside `atomic`).
    """
    database = _database()
    statement, writers = _insertion(model, tuple(columns), database.vendor)
    values = [_written(writers, row) for row in rows]
    with database.cursor() as cursor:
        cursor.executemany(statement, values)


def insert_new(rows: Sequence[Row]) -> None:
    """Insert new instances of one model as they stand, and give them the keys that the database makes.

    Raises django.db.IntegrityError when a constraint refuses one; then none is kept (inside `atomic`).
    """
    database = _database()
    for row in rows:
        model, is_numbered = type(row), row.pk is None
        columns = _columns(model, is_numbered)
        statement, writers = _insertion(model, columns, database.vendor)
        values = _written(writers, [getattr(row, column) for column in columns])
        with database.cursor() as cursor:
            if is_numbered:
                cursor.execute(f"{statement} RETURNING {_quoted(model._meta.pk.column)}", values)
                row.pk = cursor.fetchone()[0]
            else:
                cursor.execute(statement, values)
        row._state.adding = False
        row._state.db = database.alias


def update_row(row: models.Model, *columns: str) -> None:
    """Write `columns` (attribute names) of a row that is there. Raises django.db.DatabaseError when it is not."""
    database = _database()
    statement, writers = _update(type(row), columns, database.vendor)
    values = _written(writers, [getattr(row, column) for column in columns])
    with database.cursor() as cursor:
        cursor.execute(statement, [*values, row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{type(row).__name__} {row.pk} is not there to be changed")


@lru_cache(maxsize=128)
def _insertion(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[str, tuple[Convert | None, ...]]:
    fields = [_field(model, column) for column in columns]
    names = ", ".join(_quoted(field.column) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({holes})"  # noqa: S608 - names of our own models
    return statement, tuple(writer(field) for field in fields)


@lru_cache(maxsize=128)
def _update(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> tuple[str, tuple[Convert | None, ...]]:
    fields = [_field(model, column) for column in columns]
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    return f"UPDATE {table} SET {changes} WHERE {key} = %s", tuple(writer(field) for field in fields)  # noqa: S608 - names of our own models


@lru_cache(maxsize=64)
def _columns(model: type[models.Model], is_numbered: bool) -> tuple[str, ...]:
    """All attribute names, without the key where the database makes it."""
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if not (is_numbered and field.primary_key))


def _select(model: type[models.Model], columns: Sequence[tuple[str, Any]], related: Sequence[str], tail: str) -> str:
    names = ", ".join(f'"{alias}"."{field.column}"' for alias, field in columns)
    joins = "".join(_join(model, name) for name in related)
    return f'SELECT {names} FROM "{model._meta.db_table}" t{joins} {tail}'  # noqa: S608 - names of our own models


def _join(model: type[models.Model], name: str) -> str:
    key, table = _field_named(model, name), _model_of(model, name)
    kind = "LEFT JOIN" if key.null else "JOIN"
    return f' {kind} "{table._meta.db_table}" "{name}" ON "{name}"."{table._meta.pk.column}" = t."{key.column}"'


def _path(name: str) -> tuple[str, str]:
    relation, _, column = name.rpartition(".")
    return relation, column


def _model_of(model: type[models.Model], relation: str) -> type[models.Model]:
    if not relation:
        return model
    related: type[models.Model] = _field_named(model, relation).related_model
    return related


def _field_named(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _field(model: type[models.Model], attribute: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attribute)


def _instance(model: type[models.Model], values: Sequence[Any]) -> Any:
    """What `Model.from_db` makes, without the signals that nobody hears: they take most of its time."""
    row: Any = model.__new__(model)
    state = row._state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    row.__dict__.update(zip(_attributes(model), values, strict=True))
    return row


@lru_cache(maxsize=64)
def _attributes(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _quoted(name: str | None) -> str:
    return f'"{name}"'


def _lock(words: str) -> str:
    database = _database()
    if not database.in_atomic_block:
        raise transaction.TransactionManagementError("rows are locked inside a transaction only")
    return words if database.features.has_select_for_update else ""


def _read(rows: Iterable[Sequence[Any]], readers: Sequence[Convert | None]) -> list[tuple[Any, ...]]:
    return [
        tuple(
            [
                value if convert is None or value is None else convert(value)
                for convert, value in zip(readers, row, strict=True)
            ]
        )
        for row in rows
    ]


def _written(writers: Sequence[Convert | None], row: Sequence[Any]) -> list[Any]:
    return [
        value if convert is None or value is None else convert(value)
        for convert, value in zip(writers, row, strict=True)
    ]


def _adapted(database: BaseDatabaseWrapper, values: Sequence[Any]) -> list[Any]:
    adapt = database.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in values]


def _database() -> BaseDatabaseWrapper:
    """The thread's own connection itself: the proxy looks it up again for every attribute."""
    return connections[DEFAULT_DB_ALIAS]
