"""How the engine reads a file: as lines, as one document, as an array, as CSV or as Parquet.

Each shape yields SQL for a relation of records: `load_id`, `number` (the line or the position,
NULL where it was not worth counting), `f` (what the path says), `r` (the record's fields as text),
`broken` (why there is no record, else NULL) and `text` (the broken line, to be redacted).

Lines are read twice at most. The fast reading drops what it cannot parse to a record of NULLs and
knows no line numbers; a file in which it met such a record is read again the careful way.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Mapping
from pathlib import Path

from tokenworth.landing import BLOCK, UnreadableError
from tokenworth.sources.declare import Export, Fields, duckdb_type
from tokenworth.warehouse import literal

# An object longer than this is not read by default; the engine sets aside twice as much a thread.
USUAL_OBJECT = 16 * 1024**2
# What stands in the careful reading's copy of a file for bytes that are not UTF-8, and for a line
# that is too long. Control characters cannot stand in JSON, so no good line looks like these.
_NOT_UTF8, _TOO_LONG = "\x01utf-8\x01", "\x01long\x01"


# A JSON array above this size is read element by element, not as one text.
_LARGE = 64 * 1024**2


def shape_of(suffix: str, head: bytes, size: int) -> str:
    """`lines`, `array`, `document`, `csv` or `parquet`; JSON files say by their first bytes."""
    if suffix in (".csv", ".parquet"):
        return suffix[1:]
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"["):
        return "array" if size > _LARGE else "document"
    several = b"\n" in text.rstrip() or len(text) >= 4000
    if several and text.startswith(b"{") and not _is_line(text):
        return "document"
    return "lines" if several or suffix in (".jsonl", ".ndjson") else "document"


def _is_line(text: bytes) -> bool:
    """Whether a first line is complete in itself, as in JSON lines and unlike in a printed document."""
    line, newline, _ = text.partition(b"\n")
    if not newline and len(text) >= 4000:  # a first line longer than what was looked at
        return True
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _columns(fields: Fields) -> str:
    return "{" + ", ".join(f"{literal(name)}: {literal(duckdb_type(f))}" for name, f in fields.items()) + "}"


def _structure(field: object) -> object:
    if isinstance(field, Mapping):
        return {name: _structure(inner) for name, inner in field.items()}
    return [_structure(field[0])] if isinstance(field, list) else field


def _from_json(text: str, fields: Fields) -> str:
    return f"json_transform({text}, {literal(json.dumps(_structure(fields)))})"


def _nothing(fields: Fields) -> str:
    return f"null::{duckdb_type(fields)}"


def _files(paths: list[Path]) -> str:
    return "[" + ", ".join(literal(path) for path in paths) + "]"


def fast_lines(export: Export, paths: list[Path], longest: int) -> str:
    """JSON lines of many files at once; a line that is no JSON object is a record of NULLs."""
    return f"""
        select b.load_id, null::BIGINT as number, b.f, r, null::VARCHAR as broken, null::VARCHAR as text
        from read_json({_files(paths)}, format='newline_delimited', ignore_errors=true, filename='read_from',
            maximum_object_size={max(longest, USUAL_OBJECT)}, columns={_columns(export.fields)}) as r
        join batch as b on b.path = r.read_from
    """


def numbered_lines(export: Export, copy: Path, longest: int) -> str:
    """JSON lines of one file with their numbers, from a `careful_copy`."""
    good = "json_valid(line) and json_type(case when json_valid(line) then line end) = 'OBJECT'"
    return f"""
        select b.load_id, number, b.f,
            case when broken is null and trim(line) <> '' then {_from_json("line", export.fields)} end as r,
            broken, case when broken is not null then line end as text
        from (
            select line, row_number() over () as number,
                case when coalesce(trim(line), '') = '' or {good} then null
                    when contains(line, {literal(_TOO_LONG)}) then 'the line is longer than the limit'
                    when contains(line, {literal(_NOT_UTF8)}) then 'the line is not UTF-8'
                    when json_valid(line) then 'the line is no JSON object'
                    else 'the line is not valid JSON' end as broken
            from read_csv({literal(copy)}, delim='\x02', quote='', escape='', header=false, auto_detect=false,
                strict_mode=false, new_line='\\n', max_line_size={longest + 1024},
                columns={{'line': 'VARCHAR'}})
        )
        join batch as b on b.path = {literal(copy)}
    """


def careful_copy(path: Path, copy: Path, limit: int) -> None:
    """Copies a file of lines so that no line of it can stop the engine, or be dropped by it unseen.

    Bytes that are not UTF-8 and lines of more than `limit` bytes become marks; a carriage return,
    which the engine would take for the end of a line, becomes a space.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("tokenworth-mark")
    with path.open("rb") as raw, copy.open("w", encoding="utf-8", newline="\n") as out:
        if raw.read(3) != b"\xef\xbb\xbf":
            raw.seek(0)
        while part := raw.readline(limit + 2):
            if part.endswith(b"\n") or len(part) <= limit:
                out.write(decoder.decode(part.replace(b"\r", b" ")))
            else:
                out.write(_TOO_LONG + "\n")
                while part and not part.endswith(b"\n"):
                    part = raw.readline(BLOCK)
        out.write(decoder.decode(b"", final=True))


def _mark(error: UnicodeError) -> tuple[str, int]:
    return _NOT_UTF8, error.end if isinstance(error, UnicodeDecodeError) else 0


codecs.register_error("tokenworth-mark", _mark)


def documents(export: Export, paths: list[Path]) -> str:
    """Whole JSON documents of many files at once: an array, a page that wraps one, or one record."""
    wrapped = " ".join(
        f"when json_type(content, '$.{key}') = 'ARRAY' then from_json(content->'$.{key}', '[\"JSON\"]')"
        for key in export.unwrap
    )
    return f"""
        select load_id, number, f, broken, case when broken is not null then left(content, 400) end as text,
            case when broken is null then {_from_json("item", export.fields)} end as r
        from (
            select load_id, f, number, content, item, case when damaged then 'the file is not valid JSON (cut short?)'
                when coalesce(json_type(item), '') <> 'OBJECT' then 'it is no JSON object' end as broken
            from (
                select load_id, f, damaged, content, unnest(items) as item,
                    unnest(generate_series(1, len(items))) as number
                from (
                    select load_id, f, damaged, content, case when damaged then [null]
                        when json_type(content) = 'ARRAY' then from_json(content, '["JSON"]')
                        {wrapped} else [content::JSON] end as items
                    from (
                        select b.load_id, b.f, ltrim(d.content, chr(65279)) as content,
                            not json_valid(ltrim(d.content, chr(65279))) as damaged
                        from read_text({_files(paths)}) as d join batch as b on b.path = d.filename
                    )
                )
            )
        )
    """


def array(export: Export, path: Path, longest: int) -> str:
    """The elements of one array too large to be held as a whole."""
    return f"""
        select b.load_id, row_number() over () as number, b.f, r, null::VARCHAR as broken, null::VARCHAR as text
        from read_json({_files([path])}, format='array', filename='read_from',
            maximum_object_size={max(longest, USUAL_OBJECT)}, columns={_columns(export.fields)}) as r
        join batch as b on b.path = r.read_from
    """


def table(export: Export, columns: Mapping[str, list[str]], relation: str, number: str, path: Path) -> str:
    """A file of columns: `columns` says which of them hold a field (headers may repeat)."""
    fields = []
    for name, field in export.fields.items():
        held = columns.get(name.lower(), [])
        if isinstance(field, list):
            value = f"list_filter([{', '.join(held)}]::VARCHAR[], lambda x: x <> '')"
        else:
            value = f"{held[0]}" if held else "null"
            value = f"({value})::VARCHAR"
        fields.append(f"{literal(name)}: {value}")
    return f"""
        select b.load_id, {number} as number, b.f, {{{", ".join(fields)}}} as r,
            null::VARCHAR as broken, null::VARCHAR as text
        from {relation} join batch as b on b.path = {literal(path)}
    """


def csv_header(path: Path) -> list[str]:
    """The header of a CSV file. Raises UnreadableError where there is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableError("the header is not UTF-8 text; save the file as UTF-8 CSV") from error
    if not any(name.strip() for name in header):
        raise UnreadableError("there is no header")
    return [name.strip() for name in header]


def read_csv(path: Path, header: list[str], longest: int) -> str:
    """All cells as text under positional names; rows that do not fit the header go to `csv_rejects`."""
    names = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(header)))
    return (
        f"read_csv({literal(path)}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"',"
        f" columns={{{names}}}, strict_mode=true, max_line_size={max(longest, 2 * 1024**2)}, store_rejects=true,"
        " rejects_table='csv_rejects', rejects_scan='csv_rejected_scans')"
    )
