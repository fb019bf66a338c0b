"""A reader that polls a publication, as a BI tool does, and notes what it finds: `python -m tests.faults.reader`.

It opens what is behind the link again and again, and reads every table whole, once from the database and once from
Parquet. A line for each look: the publication, and a sum over all rows; or what went wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from tokenworth.warehouse import literal


def main(link: Path, notes: Path) -> None:
    with notes.open("w", encoding="utf-8") as out:
        while not link.is_symlink():
            time.sleep(0.02)
        while True:
            try:
                seen = look(link)
            except Exception as error:  # noqa: BLE001 - whatever it is, no reader may meet it
                seen = {"error": f"{type(error).__name__}: {error}"}
            out.write(json.dumps(seen) + "\n")
            out.flush()
            time.sleep(0.1)  # without a pause it takes half of the machine from those it watches


def look(link: Path) -> dict[str, Any]:
    """Opens the publication as it is now; what was opened stays, whatever the link does meanwhile."""
    folder = link.resolve(strict=True)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    # By the link itself, which may have moved by now: then this is the next publication, but whole as well.
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(link / 'marts.duckdb')} as published (read_only)")
        tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        by_link = {table: _sum(connection, f"published.marts.{table}") for table in sorted(tables)}
        parquet = {
            table: _sum(connection, f"read_parquet({literal(folder / 'parquet' / table / '*.parquet')})")
            for table in sorted(manifest["tables"])
        }
    whole = {table: rows for table, (rows, _) in parquet.items()}
    if whole != {table: said["rows"] for table, said in manifest["tables"].items()}:
        raise AssertionError(f"{folder.name} does not hold the rows that its manifest says")
    return {"publication": folder.name, "by_link": repr(by_link), "parquet": repr(parquet)}


def _sum(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, str]:
    count, total = connection.execute(
        f"select count(*), coalesce(sum(hash(r)::HUGEINT), 0)::VARCHAR from {relation} as r"
    ).fetchall()[0]
    return int(count), str(total)


class Reader:
    """The reader in a process of its own, for as long as the `with` lasts."""

    def __init__(self, link: Path, notes: Path) -> None:
        self._link = link
        self._notes = notes

    def __enter__(self) -> Reader:
        command = [sys.executable, "-m", "tests.faults.reader", str(self._link), str(self._notes)]
        self._process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
        if self._link.is_symlink():
            self._wait_until_seen()
        return self

    def __exit__(self, *_: object) -> None:
        self._wait_until_seen()
        self._process.kill()
        self._process.wait()

    def _wait_until_seen(self) -> None:
        """Until it has read what is published now."""
        until = time.monotonic() + 600
        current = self._link.readlink().name
        while time.monotonic() < until:
            if self._notes.exists() and f'"publication": "{current}"' in self._notes.read_text("utf-8"):
                return
            time.sleep(0.05)
        raise AssertionError(f"the reader never saw {current}")

    def assert_saw_whole_publications(self, *, at_least: int) -> None:
        """No error, and of each publication always the same rows, by database and by Parquet; none comes back."""
        seen = [json.loads(line) for line in self._notes.read_text("utf-8").splitlines() if line.endswith("}")]
        assert [look["error"] for look in seen if "error" in look] == []
        rows = {look["publication"]: look["parquet"] for look in seen}
        assert all(look["parquet"] == rows[look["publication"]] for look in seen)
        assert all(look["by_link"] in rows.values() for look in seen)
        order = [publication for publication, _ in groupby(look["publication"] for look in seen)]
        assert len(order) == len(set(order)), "an old publication came back"
        assert len(order) >= at_least, order


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
