"""How the engine reads a file of each shape.

Each shape yields SQL for a relation of records: `load_id`, `number` (the line or the position,
NULL where it was not worth counting), `f` (what the path says), `r` (the record's fields as text),
`broken` (why there is no record, else NULL) and `text` (the broken line, to be redacted).

Lines and rows of CSV are read twice at most. The fast reading knows no line numbers, and drops
what it cannot parse to a record of NULLs, or stops at it; such a file is read again the careful way.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from tokenworth.careful import NOT_UTF8, NUMBERED, TOO_LONG
from tokenworth.sources.declare import OF_EACH, Export, Fields, Look, duckdb_type
from tokenworth.survey import BLOCK, UnreadableError
from tokenworth.warehouse import literal

# An object longer than this is not read by default; the engine sets aside twice as much a thread.
USUAL_OBJECT = 16 * 1024**2
_USUAL_LINE = 2 * 1024**2
_WHITE = " \t\r\n"


def _columns(fields: Fields) -> str:
    return "{" + ", ".join(f"{literal(name)}: {literal(duckdb_type(f))}" for name, f in fields.items()) + "}"


def _structure(field: object, without: Sequence[str] = ()) -> object:
    if isinstance(field, Mapping):
        return {name: "NULL" if name in without else _structure(inner, without) for name, inner in field.items()}
    return [_structure(field[0], without)] if isinstance(field, list) else field


def _from_json(text: str, fields: Fields, without: Sequence[str] = ()) -> str:
    return f"json_transform({text}, {literal(json.dumps(_structure(fields, without)))})"


def _from_line(export: Export) -> str:
    """A record from a line; the texts that are only looked through, where that is of use and the line not too long."""
    whole = _from_json("line", export.fields)
    if not export.looked_through:
        return whole
    short = _from_json("line", export.fields, export.looked_through)
    of_use = f" and {export.look.texts}" if export.look else ""
    return f"case when strlen(line) <= {_USUAL_LINE}{of_use} then {whole} else {short} end"


def _files(paths: list[Path]) -> str:
    """Paths for the engine, which would take a folder called `[1]` or `*` for a pattern."""
    escaped = (re.sub(r"([*?\[])", r"[\1]", str(path)) for path in paths)
    return "[" + ", ".join(literal(path) for path in escaped) + "]"


def fast_lines(export: Export, paths: list[Path], longest: int) -> str:
    """JSON lines of many files at once; a line that is no JSON object is broken, or a record of NULLs."""
    if export.look:
        return _lines_that_matter(export, export.look, paths, longest)
    return f"""
        select b.load_id, null::BIGINT as number, b.f, {export.kept} as r, null::VARCHAR as broken,
            null::VARCHAR as text
        from read_json({_files(paths)}, format='newline_delimited', ignore_errors=true, filename='read_from',
            hive_partitioning=false, maximum_object_size={max(longest, USUAL_OBJECT)},
            columns={_columns(export.fields)}) as r
        join batch as b on b.path = r.read_from
    """


def _lines_that_matter(export: Export, look: Look, paths: list[Path], longest: int) -> str:
    """The same where most lines are of no interest: of those only the ones that are not recognised remain.

    Why a line is broken matters to no one here, because such a file is read again.
    """
    return f"""
        select b.load_id, null::BIGINT as number, b.f, {export.kept} as r,
            case when r is null then 'it cannot be read' end as broken, null::VARCHAR as text
        from (
            select path, try({_from_line(export)}) as r from {_lines(paths, longest, "line")}
            where {look.matters}
                or not case when try({look.recognised}) then true else trim(line, {literal(_WHITE)}) = '' end
        ) as l join batch as b on b.path = l.path
    """


def numbered_lines(export: Export, copies: list[Path], longest: int) -> str:
    """JSON lines with their numbers, from copies that `careful_copy` made."""
    good = "json_valid(line) and json_type(case when json_valid(line) then line end) = 'OBJECT'"
    return _parsed_once(
        export,
        f"""
        select path, number, broken, case when broken is not null then left(line, 400) end as text,
            case when broken is null and trim(line) <> '' then {_from_line(export)} end as r
        from (
            select path, line, number::BIGINT as number,
                case when coalesce(trim(line), '') = '' or {good} then null
                    when contains(line, {literal(TOO_LONG)}) then 'the line is longer than the limit'
                    when contains(line, {literal(NOT_UTF8)}) then 'the line is not UTF-8'
                    when json_valid(line) then 'the line is no JSON object'
                    else 'the line is not valid JSON' end as broken
            from {_lines(copies, longest, "number", "line")}
        )
        """,
    )


def _lines(paths: list[Path], longest: int, *columns: str) -> str:
    """Lines of files as they are, with the path of each. What parts the columns cannot stand in JSON."""
    names = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    most = longest + 1024
    return f"""
        read_csv({_files(paths)}, delim={literal(NUMBERED)}, quote='', escape='', header=false, auto_detect=false,
            strict_mode=false, new_line='\\n', max_line_size={most}, buffer_size={2 * most},
            hive_partitioning=false, filename='path', columns={{{names}}})
    """


def documents(export: Export, paths: list[Path]) -> str:
    """Whole JSON documents of many files at once: an array, a page that wraps one, or one record."""
    wrapped = " ".join(
        f"when json_type(content, '$.{key}') = 'ARRAY' then from_json(content->'$.{key}', '[\"JSON\"]')"
        for key in export.unwrap
    )
    return _parsed_once(
        export,
        f"""
        select path, number, broken, case when broken is not null then left(coalesce(item::VARCHAR, content), 400) end
            as text, case when broken is null then {_from_json("item", export.fields)} end as r
        from (
            select path, number, content, item, case
                when damaged and trim(content, {literal(_WHITE)}) = '' then 'the file is empty'
                when damaged then 'the file is not valid JSON (cut short?)'
                when coalesce(json_type(item), '') <> 'OBJECT' then 'it is no JSON object' end as broken
            from (
                select path, damaged, content, unnest(items) as item,
                    unnest(generate_series(1, len(items))) as number
                from (
                    select path, damaged, content, case when damaged then [null]
                        when json_type(content) = 'ARRAY' then from_json(content, '["JSON"]')
                        {wrapped} else [content::JSON] end as items
                    from (
                        select filename as path, ltrim(d.content, chr(65279)) as content,
                            not json_valid(ltrim(d.content, chr(65279))) as damaged
                        from read_text({_files(paths)}) as d
                    )
                )
            )
        )
        """,
    )


def array(export: Export, path: Path, longest: int) -> str:
    """The elements of one array too large to be held as a whole; damage anywhere in it stops the engine."""
    return _parsed_once(
        export,
        f"""
        select {literal(path)} as path, number, broken, case when broken is not null then left(item, 400) end as text,
            case when broken is null then {_from_json("item", export.fields)} end as r
        from (
            select json::VARCHAR as item, row_number() over () as number,
                case when coalesce(json_type(json), '') <> 'OBJECT' then 'it is no JSON object' end as broken
            from read_json_objects({_files([path])}, format='array', maximum_object_size={max(longest, USUAL_OBJECT)})
        )
        """,
    )


def _parsed_once(export: Export, records: str) -> str:
    """Keeps the engine from parsing a text again for every field that a later condition looks at."""
    parsed = records if export.kept == "r" else f"select * replace ({_kept(export)} as r) from ({records})"
    return f"""
        select b.load_id, number, b.f, r, broken, text
        from (with parsed as materialized ({parsed}) from parsed) as p join batch as b on b.path = p.path
        where r is not null or broken is not null
    """


def _kept(export: Export) -> str:
    """What is kept of a record, made once: what is only looked through may be long."""
    return "r" if export.kept == "r" else f"case when r is not null then {export.kept} end"


def csv(export: Export, path: Path, header: list[str], longest: int) -> str:
    """The rows of a CSV file, all cells as text. Anything that is not as it should be stops the engine."""
    names = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(header)))
    rows = (
        f"read_csv({_files([path])}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"',"
        f" columns={{{names}}}, strict_mode=true, max_line_size={max(longest, _USUAL_LINE)}, hive_partitioning=false)"
    )
    cells = [(name, f"nullif(trim(c{position}), '')") for position, name in enumerate(header)]
    return _table(export, cells, f"select *, null::BIGINT as number, {_SOUND} from {rows}", path)


def numbered_csv(export: Export, copy: Path, header: list[str], longest: int) -> str:
    """The same with line numbers, from a `careful_csv` copy."""
    rows = (
        f"read_json({_files([copy])}, format='newline_delimited', maximum_object_size={max(longest, USUAL_OBJECT)},"
        " hive_partitioning=false,"
        " columns={number: 'BIGINT', cells: 'VARCHAR[]', broken: 'VARCHAR', text: 'VARCHAR'})"
    )
    cells = [(name, f"nullif(trim(cells[{position}]), '')") for position, name in enumerate(header, start=1)]
    return _table(export, cells, f"select * from {rows}", copy)


def parquet(export: Export, path: Path, columns: Mapping[str, str]) -> str:
    """The rows of a Parquet file; `columns` are its names and types."""
    rows = f"read_parquet({_files([path])}, hive_partitioning=false, file_row_number=true)"
    nested = ("STRUCT", "MAP", "UNION")
    cells = []
    for name, kind in columns.items():
        quoted = '"' + name.replace('"', '""') + '"'
        cells.append((name, f"to_json({quoted})" if kind.startswith(nested) or kind.endswith("]") else quoted))
    return _table(export, cells, f"select *, file_row_number + 1 as number, {_SOUND} from {rows}", path)


_SOUND = "null::VARCHAR as broken, null::VARCHAR as text"


def _table(export: Export, cells: list[tuple[str, str]], rows: str, path: Path) -> str:
    """Rows of columns as records: `cells` are headers, which may repeat, and the SQL for what stands below."""
    held: dict[str, list[str]] = {}
    for name, cell in cells:
        held.setdefault(_as_known(name), []).append(cell)
    fields = []
    for name, field in export.fields.items():
        given = held.get(_as_known(name), [])
        if field is OF_EACH:
            others = [(n, cell) for n, cell in cells if _is_one_of(n, name, export)]
            listed = ", ".join(f"{{'name': {literal(n.lower())}, 'cell': {cell}::VARCHAR}}" for n, cell in others)
            value = f"[{listed}]::{duckdb_type(field)}"
        elif isinstance(field, list):
            value = f"list_filter([{', '.join(given)}]::VARCHAR[], lambda x: x <> '')"
        else:
            value = f"({given[0] if given else 'null'})::VARCHAR"
        fields.append(f"{literal(name)}: {value}")
    return f"""
        select load_id, number, f, {_kept(export)} as r, broken, text
        from (
            select b.load_id, number, b.f, case when broken is null then {{{", ".join(fields)}}} end as r, broken, text
            from ({rows}) join batch as b on b.path = {literal(path)}
        )
    """


def unread_columns(export: Export, header: list[str]) -> list[str]:
    """Columns of a file that nothing reads, to be reported.

    Raises UnreadableError where it has none that something reads: there the first row of data, with
    someone's name in it, would be taken for names of columns.
    """
    known = {_as_known(name) for name in export.fields}
    patterns = [name for name, field in export.fields.items() if field is OF_EACH]
    unread = {
        name
        for name in header
        if _as_known(name) not in known and not any(_is_one_of(name, pattern, export) for pattern in patterns)
    }
    if not known & {_as_known(name) for name in header}:
        raise UnreadableError(f"its first row names no column of this: {export.noun}; is it separated by commas?")
    return sorted(_E_MAIL.sub("e-mail", name)[:100] for name in unread)


def _as_known(name: str) -> str:
    """A column's name as it is compared: vendors change case, spaces and underscores from export to export."""
    return re.sub(r"[\s_]+", "", name.lower())


def _is_one_of(name: str, pattern: str, export: Export) -> bool:
    """Whether a column is meant by a pattern such as `*_messages`, and is not named by itself."""
    return fnmatchcase(_as_known(name), _as_known(pattern)) and _as_known(name) not in map(_as_known, export.fields)


_E_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


def why_not(path: Path, shape: str) -> str:
    """Why the engine cannot read a file, without a word of what is in it."""
    if shape != "parquet":
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "it is not UTF-8 text"
    return f"cannot be read as {_SHAPES[shape]} (cut short?)"


_SHAPES = {
    "lines": "JSON lines",
    "document": "a JSON document",
    "array": "a JSON array",
    "csv": "CSV",
    "parquet": "Parquet",
}
