"""Takes what was read of some files of one export into the warehouse, in one transaction.

Everything is prepared in temporary tables first: units, typed rows, what is wrong, what stands
twice in a file. Then the counts are known, and the ledger balances before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import duckdb

from tokenworth import records
from tokenworth.closed_days import ClosedDays
from tokenworth.errors import TokenworthError
from tokenworth.identities import Pseudonyms
from tokenworth.ledger import Ledger, Reading
from tokenworth.sources.declare import Export
from tokenworth.warehouse import literal


class Intake:
    def __init__(self, connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms, ledger: Ledger) -> None:
        self.c = connection
        self.pseudonyms = pseudonyms
        self.ledger = ledger
        self.closed = ClosedDays(connection)
        self.tables: list[str] = []

    def announce(self, readings: Sequence[Reading]) -> None:
        """The temporary table `batch`: for each file its load, its path for the engine, what its name says."""
        rows = []
        for r in readings:
            captured = ", ".join(f"{literal(k)}: {literal(v)}" for k, v in r.file.captures.items())
            rows.append(f"({r.load_id}, {literal(r.engine_path)}, {{{captured or literal('_') + ': null'}}})")
        self.c.execute(
            "create or replace temp table batch as select * from (values "
            + ", ".join(rows)
            + ") as files(load_id, path, f)"
        )

    def prepare(self, export: Export, reading: str) -> None:
        """Units, rows and problems of what `reading` yields, as temporary tables."""
        self.export = export
        self.tables = [f"rows_{position}" for position in range(len(export.records))]
        found = records.units(export, reading)
        if records.one_row_a_unit(export):
            self.c.execute("drop table if exists units")
            relations = [(f"({found})", "null::BIGINT")]
        else:
            self.c.execute(f"create or replace temp table units as {found}")
            relations = [("units", "rowid")] * len(export.records)
        for record, table, (relation, unit) in zip(export.records, self.tables, relations, strict=False):
            typed = records.rows(record, relation, unit, has_record=not export.units)
            self.c.execute(f"create or replace temp table {table} as {typed}")
        self._find_problems()

    def _find_problems(self) -> None:
        """`problems`: one row a unit that is quarantined. A unit of several rows is so as a whole."""
        wrong = [
            f"select load_id, {'rowid' if self._alone else 'unit'} as unit, number, problem, text"
            f" from {table} where problem is not null"
            for table in self.tables
        ]
        if not self._alone:
            wrong.append("select load_id, rowid, number, broken, text from units where broken is not null")
        self.c.execute(
            "create or replace temp table problems as"
            " select load_id, unit, min(number) as number, min(problem) as problem, min(text) as text"
            f" from ({' union all '.join(wrong)}) group by load_id, unit"
        )
        if not self._alone:
            for table in self.tables:
                self.c.execute(f"delete from {table} where unit in (select unit from problems)")

    @property
    def _alone(self) -> bool:
        return records.one_row_a_unit(self.export)

    def files_with_problems(self) -> set[int]:
        return {load_id for (load_id,) in self.c.execute("select distinct load_id from problems").fetchall()}

    def files_not_of(self, lines: dict[int, int]) -> set[int]:
        """Which of these loads have not as many rows as `lines` says, where a line is a row."""
        read = dict(self.c.execute(f"select load_id, count(*) from {self.tables[0]} group by load_id").fetchall())
        return {load_id for load_id, expected in lines.items() if read.get(load_id, 0) != expected}

    def set_aside(self, load_ids: set[int]) -> None:
        """Takes files out of what was prepared."""
        if load_ids:
            listed = ", ".join(map(str, load_ids))
            for table in [*self.tables, "problems", *([] if self._alone else ["units"])]:
                self.c.execute(f"delete from {table} where load_id in ({listed})")

    def _leave_out_closed(self) -> dict[int, int]:
        """Removes usage of days that are rolled up; how many rows by load."""
        removed: dict[int, int] = {}
        for record, table in zip(self.export.records, self.tables, strict=True):
            if (left_out := self.closed.is_left_out(record.table)) != "false":
                chosen = f"from {table} where problem is null and {left_out}"
                for load_id, rows in self.c.execute(f"select load_id, count(*) {chosen} group by load_id").fetchall():
                    removed[load_id] = removed.get(load_id, 0) + rows
                self.c.execute(f"delete {chosen}")
        return removed

    def _drop_repeated(self) -> dict[int, int]:
        """Removes units that stand in a file a second time, word for word; how many by load."""
        if self.export.repeats:
            return {}
        if self._alone:
            table, key = self.tables[0], ", ".join(self.export.records[0].key)
            content, chosen = "* exclude (number, text, unit)", "problem is null"
            (total, distinct) = self.c.execute(
                f"select count(*), count(distinct hash(load_id, {key})) from {table} where problem is null"
            ).fetchall()[0]
            if total == distinct:
                return {}
        else:
            table, content = "units", "* exclude (number, text)"
            chosen = " or ".join(f"rowid in (select unit from {t})" for t in self.tables)
        self.c.execute(
            "create or replace temp table repeated as select load_id, unit from ("
            " select load_id, unit, row_number() over (partition by load_id, content order by unit) as copy"
            f" from (select load_id, rowid as unit, hash(*columns({content})) as content from {table} where {chosen})"
            ") where copy > 1"
        )
        unit = "rowid" if self._alone else "unit"
        for name in self.tables:
            self.c.execute(f"delete from {name} where {unit} in (select unit from repeated)")
        return dict(self.c.execute("select load_id, count(*) from repeated group by load_id").fetchall())

    def _count(self, readings: Sequence[Reading], totals: dict[int, int]) -> None:
        if self._alone:
            taken = f"select load_id, count(*) from {self.tables[0]} where problem is null group by load_id"
        else:
            matched = " union ".join(f"select distinct load_id, unit from {t}" for t in self.tables)
            taken = f"select load_id, count(*) from ({matched}) group by load_id"
        left_out = self._leave_out_closed()
        repeated = self._drop_repeated()
        loaded = dict(self.c.execute(taken).fetchall())
        problems = dict(self.c.execute("select load_id, count(*) from problems group by load_id").fetchall())
        if not self._alone and not totals:
            totals = dict(self.c.execute("select load_id, count(*) from units group by load_id").fetchall())
        for r in readings:
            r.loaded = loaded.get(r.load_id, 0)
            r.duplicates = repeated.get(r.load_id, 0)
            r.quarantined = problems.get(r.load_id, 0)
            counted = r.loaded + r.duplicates + r.quarantined
            r.lines = totals.get(r.load_id, counted + left_out.get(r.load_id, 0) + r.header_lines)
            r.ignored = r.lines - counted
            if r.load_id in left_out:
                r.message = r.message or f"usage of days before {self.closed.before}, which are rolled up, was left out"
                r.count_as_formerly()
            if r.ignored < 0:
                raise TokenworthError(f"{counted} records were read from {r.lines} lines; nothing of it was kept")

    def commit(self, readings: Sequence[Reading], totals: dict[int, int]) -> None:
        """Counts, then identities, then everything else in one transaction.

        `totals` are the lines of each load where the caller counted them.
        """
        self._count(readings, totals)
        secrets = [q for r, t in zip(self.export.records, self.tables, strict=True) for q in records.secrets_in(r, t)]
        if secrets:
            self.pseudonyms.learn(" union all ".join(secrets))
        offsets = ", ".join(f"({r.load_id}, {r.survey.lines_before if r.part == 'tail' else 0})" for r in readings)
        self.c.begin()
        try:
            self.ledger.write(readings)
            for record, table in zip(self.export.records, self.tables, strict=True):
                self.c.execute(records.insertion(record, table))
            loads = ", ".join(str(r.load_id) for r in readings)
            self.closed.hide_authors({r.table for r in self.export.records}, f"load_id in ({loads})")
            self.c.execute(
                "insert into raw.quarantine select p.load_id, p.number + coalesce(o.before, 0), p.problem,"
                f" {records.redacted('p.text', self.export)} from problems as p"
                f" left join (values {offsets}) as o(load_id, before) on o.load_id = p.load_id"
            )
            self.c.commit()
        except BaseException:
            with suppress(duckdb.Error):  # a full disk has rolled back already
                self.c.rollback()
            raise

    def forget(self) -> None:
        """Drops what was prepared: accounts and names stand there in plain."""
        with suppress(duckdb.Error):  # of an engine that gave up; its temporary tables went with it
            for table in [*self.tables, "problems", "units", "repeated", "batch", "keys"]:
                self.c.execute(f"drop table if exists {table}")

    def refuse(self, reading: Reading) -> None:
        """Writes a file of which nothing can be used: one ledger row, one row of quarantine."""
        self.c.begin()
        try:
            self.ledger.write([reading])
            message = literal(f"the file: {reading.message}")
            self.c.execute(f"insert into raw.quarantine values ({reading.load_id}, null, {message}, null)")
            self.c.commit()
        except BaseException:
            with suppress(duckdb.Error):
                self.c.rollback()
            raise
