"""One run of the pipeline, or of its floor, in a process of its own: what each step took, as JSON.

`python -m benchmarks.steps run LANDING WAREHOUSE` does what `tokenworth run` does, `load` its first step only. `floor
LANDING DATABASE` is what nobody can do without: the engine alone reads the same files with types, and adds up tokens
by person, model and day.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenworth.warehouse import literal


@dataclass
class Step:
    """Seconds of wall clock and of all processors, peak memory and what was written in megabytes."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: int
    written_megabytes: int


class Steps:
    """Measures steps of this process one after the other."""

    def __init__(self) -> None:
        self.done: list[Step] = []

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        _forget_peak()
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        yield
        after = resource.getrusage(resource.RUSAGE_SELF)
        self.done.append(
            Step(
                name,
                round(time.monotonic() - began, 3),
                round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3),
                _peak_megabytes(),
                (after.ru_oublock - before.ru_oublock) * 512 // 1_000_000,
            )
        )


def _forget_peak() -> None:
    """The kernel keeps the peak of a process; after this it counts from now."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:  # not on Linux: the peak is that of all steps until now
        return


def _peak_megabytes() -> int:
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(landing: Path, warehouse: Path) -> list[Step]:
    """Loads, checks, builds, checks and publishes."""
    from tokenworth import pipeline
    from tokenworth.settings import read_settings

    steps = Steps()

    @contextmanager
    def measured(name: str) -> Iterator[pipeline.Advance]:
        with steps(name):
            yield lambda done, to_do, what: None

    pipeline.run(read_settings(landing=landing, warehouse=warehouse), step=measured)
    return steps.done


def load(landing: Path, warehouse: Path) -> list[Step]:
    """Loads, and nothing else."""
    steps = Steps()
    with steps("load"):
        from tokenworth.load import load as load_landing
        from tokenworth.settings import read_settings

        load_landing(read_settings(landing=landing, warehouse=warehouse))
    return steps.done


# As wide as what the loader keeps; of the metadata only what is counted.
_GATEWAY = """
create table requests as
select * exclude (metadata, m, "user", "startTime"), "startTime" as began_at,
    coalesce(nullif("user", ''), m->>'$.user_api_key_alias') as person,
    cast(m->>'$.usage_object.cache_read_input_tokens' as bigint) as cache_read_tokens,
    cast(m->>'$.usage_object.cache_creation_input_tokens' as bigint) as cache_write_tokens
from (select *, metadata::json as m from read_json({files}, format='newline_delimited', columns={{
    request_id: 'VARCHAR', session_id: 'VARCHAR', call_type: 'VARCHAR', model: 'VARCHAR',
    custom_llm_provider: 'VARCHAR', "user": 'VARCHAR', api_key: 'VARCHAR', "startTime": 'TIMESTAMP',
    prompt_tokens: 'BIGINT', completion_tokens: 'BIGINT', spend: 'DOUBLE', cache_hit: 'VARCHAR', status: 'VARCHAR',
    request_tags: 'VARCHAR', metadata: 'VARCHAR'
}}))
"""
_OTEL = """
create table events as
select said(e.attributes, 'user.email')."stringValue" as person, said(e.attributes, 'model')."stringValue" as model,
    make_timestamp(cast(e."timeUnixNano" as bigint) // 1000) as began_at,
    said(e.attributes, 'request_id')."stringValue" as request_id,
    said(e.attributes, 'session.id')."stringValue" as session_id,
    cast(said(e.attributes, 'input_tokens')."intValue" as bigint) as prompt_tokens,
    cast(said(e.attributes, 'output_tokens')."intValue" as bigint) as completion_tokens,
    cast(said(e.attributes, 'cache_read_tokens')."intValue" as bigint) as cache_read_tokens,
    cast(said(e.attributes, 'cache_creation_tokens')."intValue" as bigint) as cache_write_tokens
from (
    select unnest(l."scopeLogs"[1]."logRecords") as e
    from (select unnest("resourceLogs") as l from read_json({files}, format='newline_delimited', columns={{
        "resourceLogs": 'STRUCT("scopeLogs" STRUCT("logRecords" STRUCT("timeUnixNano" VARCHAR, attributes
            STRUCT("key" VARCHAR, "value" STRUCT("stringValue" VARCHAR, "intValue" VARCHAR))[])[])[])[]'
    }}))
)
"""
_SUMS = """
create table used as
select person, model, cast(began_at as date) as day, count(*) as requests, sum(prompt_tokens) as prompt_tokens,
    sum(completion_tokens) as completion_tokens, sum(cache_read_tokens) as cache_read_tokens,
    sum(cache_write_tokens) as cache_write_tokens
from ({tables}) group by all
"""


def floor(landing: Path, database: Path) -> list[Step]:
    """A typed read of all requests, and one sum over them."""
    import duckdb

    steps, tables = Steps(), []
    with duckdb.connect(str(database), config={"preserve_insertion_order": False}) as c:
        c.execute("create temp macro said(items, name) as list_filter(items, lambda a: a.key = name)[1].value")
        with steps("load"):
            for folder, table, query in (("litellm", "requests", _GATEWAY), ("otel", "events", _OTEL)):
                if any((landing / folder).glob("*")):
                    files = literal(landing / folder / "*")
                    c.execute(query.format(files=files))
                    tables.append(f"select * from {table}")
        with steps("sum"):
            c.execute(_SUMS.format(tables=" union all by name ".join(tables)))
    return steps.done


if __name__ == "__main__":
    what, *places = sys.argv[1:]
    found = {"run": run, "load": load, "floor": floor}[what](*map(Path, places))
    print(json.dumps([asdict(step) for step in found]))
