"""From units to typed rows: SQL made from a declaration.

A unit whose every column can be read gives rows; one in which any column is wrong is quarantined
whole, with what is wrong with it. Until the last step accounts and names stand here in plain, in
temporary tables that end with the load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tokenworth.sources.declare import Column, Export, Fields, Record
from tokenworth.warehouse import literal

_WHITE = " \t\r\n\u00a0"


def units(export: Export, reading: str) -> str:
    """The units of a reading: load_id, number, f, text, broken, and what the columns are made of."""
    broken = f"""case when broken is not null or r is null then broken
        when not coalesce({export.recognised}, false) then {literal("it is no " + export.noun)} end as broken"""
    found = f"select load_id, number, f, text, {broken}, r from ({reading})"
    if export.units:
        whole = "{'load_id': load_id, 'number': number, 'f': f, 'text': text, 'broken': broken} as origin, r"
        return (
            f"select unnest(origin), * exclude (origin) from (with records as (select {whole} from ({found}))"
            f" {export.units})"
        )
    return found


def one_row_a_unit(export: Export) -> bool:
    """Whether every unit is one row of one table, so that units need not be kept beside the rows."""
    record, *others = export.records
    return not (others or export.units or record.each or record.where != "true")


def rows(record: Record, units_relation: str, unit: str, *, has_record: bool) -> str:
    """The typed rows of a record: load_id, unit, number, text, its columns, and `problem`."""
    excerpt = "coalesce(text, to_json(r)::VARCHAR)" if has_record else "text"
    source = f"select *, {unit} as unit from {units_relation}"
    if record.each:
        source = f"select *, unnest({record.each}) as c from ({source}) where broken is null and ({record.where})"
    # Each on a level of its own: within one the engine would make a text or a value again wherever it is looked at.
    said = ", ".join(f"{c.value} as t_{c.name}" for c in record.columns)
    texts = ", ".join(f"{_text(c)} as x_{c.name}" for c in record.columns)
    values = ", ".join(f"{c.type.cast.format(x='x_' + c.name)} as v_{c.name}" for c in record.columns)
    named = ", ".join(f"v_{c.name} as {c.name}" for c in record.columns)
    return f"""
        select load_id, unit, number, {named},
            case when broken is not null then broken {_problems(record)} end as problem,
            case when problem is not null then {excerpt} end as text
        from (select *, {values} from (select *, {texts} from (
            select load_id, unit, number, broken, text, {said}{", r" if has_record else ""}
            from ({source}) where broken is not null or ({record.where})
        )))
    """


def _text(column: Column) -> str:
    text = f"t_{column.name}"
    if column.type.many:
        return text
    if column.type.secret:
        # `" Ada@acme.com "` in one export and `ada@acme.com` in another are one account. To look for white space
        # first takes a fifth of the time of trimming.
        found = " or ".join(f"contains({text}, {literal(white)})" for white in _WHITE)
        text = f"case when {found} then trim({text}, {literal(_WHITE)}) else {text} end"
    return f"nullif({text}, '')"


def _problems(record: Record) -> str:
    """One cheap condition for every column first; words are made only where it holds."""
    wrong, words = [], []
    for column in record.columns:
        x = f"x_{column.name}"
        if column.required:
            wrong.append(f"{x} is null")
            words.append(f"case when {x} is null then {literal(column.name + ' is missing')} end")
        if column.type.wrong != "false":
            condition = f"{x} is not null and ({column.type.wrong.format(x=x, v='v_' + column.name)})"
            wrong.append(f"({condition})")
            words.append(f"case when {condition} then {literal(f'{column.name} {column.type.complaint}')} end")
    return f"when {' or '.join(wrong)} then concat_ws('; ', {', '.join(words)})" if wrong else ""


def secrets_in(record: Record, rows_table: str) -> Iterator[str]:
    """Queries for the distinct texts of each secret column: vocabulary, system, plain."""
    for column in record.columns:
        if column.type.secret:
            yield (
                f"select distinct {literal(column.type.secret)} as vocabulary, {literal(column.system)} as system,"
                f" {column.name} as plain from {rows_table} where problem is null and {column.name} is not null"
            )


def insertion(record: Record, rows_table: str) -> str:
    """Inserts the good rows of `rows_table`, with keys in place of secret texts."""
    columns, joins = [], []
    for column in record.columns:
        if column.type.secret:
            alias = f"key_{column.name}"
            columns.append(f"{alias}.key as {column.name}")
            joins.append(
                f"left join keys as {alias} on {alias}.vocabulary = {literal(column.type.secret)}"
                f" and {alias}.plain = s.{column.name}"
            )
        else:
            columns.append(f"s.{column.name}")
    return (
        f"insert into raw.{record.table} by name select s.load_id, {', '.join(columns)}"
        f" from {rows_table} as s {' '.join(joins)} where s.problem is null"
    )


def field_names(fields: Fields) -> list[str]:
    """Every name in `fields`: the words of a broken line that may be shown."""
    found: list[str] = []
    for name, field in fields.items():
        found.append(name)
        inner = field[0] if isinstance(field, list) else field
        if isinstance(inner, Mapping):
            found += field_names(inner)
    return found


def redacted(text: str, export: Export) -> str:
    """SQL for the first 240 characters of `text` with only the export's own field names readable.

    Letters become x and digits 9, so that the shape of what is wrong can be seen and nothing else; an @
    becomes ?, because the checks take `x@x.x` for an address that slipped through.
    """
    known = ", ".join(literal(name) for name in sorted({*field_names(export.fields), "null", "true", "false"}))
    return rf"""array_to_string(list_transform(
        regexp_extract_all(left({text}, 240), '(?s)[A-Za-z_]+|[0-9]+|.'),
        lambda w: case when w in ({known}) then w
            when regexp_full_match(w, '[A-Za-z_]+') then repeat('x', length(w))
            when regexp_full_match(w, '[0-9]+') then repeat('9', length(w))
            when regexp_full_match(w, '[ -?A-~]') then w else '?' end), '')"""
