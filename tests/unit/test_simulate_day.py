"""Days of any size: exactly as many requests as were asked for, the same for the same seed, and what the truth says.

What is in the files is counted here with plain Python, so that the engine that wrote them is not its own witness.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import typer.testing
import zstandard

from tokenworth.cli import app
from tokenworth.errors import UsageError
from tokenworth.simulate.day import Format, Packed, open_days, simulate_days

DAY = date(2026, 3, 1)


def write(folder: Path, kind: Format = "both", packed: Packed = "none", *, seed: int = 7) -> Path:
    simulate_days(
        folder / "landing", truth=folder / "truth", people=60, requests=900, seed=seed, kind=kind, packed=packed
    )
    return folder


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of which half of the people are told of by the gateway, and half by their clients."""
    return write(tmp_path_factory.mktemp("day"))


def told(company: Path) -> list[tuple[str, str, int, int, int]]:
    """What each request says: whose it was, its model, and tokens of prompt, cache reads and output."""
    found = []
    for path in (company / "landing/litellm").iterdir():
        for line in path.read_text().splitlines():
            row = json.loads(line)
            metadata = json.loads(row["metadata"])
            usage = metadata["usage_object"]
            read = usage.get("cache_read_input_tokens", usage.get("prompt_tokens_details", {}).get("cached_tokens"))
            who = row["user"] or metadata["user_api_key_alias"]
            model = row["model"].removeprefix("anthropic/")
            found.append((who, model, row["prompt_tokens"], read, row["completion_tokens"]))
    for path in (company / "landing/otel").iterdir():
        for line in path.read_text().splitlines():
            for event in json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
                said = {a["key"]: next(iter(a["value"].values())) for a in event["attributes"]}
                counts = [int(said[f"{name}_tokens"]) for name in ("input", "cache_creation", "cache_read", "output")]
                found.append((said["user.email"], said["model"], sum(counts[:3]), counts[2], counts[3]))
    return found


def test_a_day_has_as_many_requests_as_were_asked_for_and_its_truth_is_what_the_exports_say(company: Path) -> None:
    with (company / "landing/people/members.csv").open() as file:
        members = list(csv.DictReader(file))
    with (company / "landing/people/accounts.csv").open() as file:
        people = {row["account"]: row["person_id"] for row in csv.DictReader(file)}
    teams = {row["person_id"]: row["team_id"] for row in members}
    requests, tokens = Counter[str](), Counter[str]()
    for who, _, prompt, _, output in told(company):
        team = teams[people[who]]
        requests[team] += 1
        tokens[team] += prompt + output

    with (company / f"truth/spent-{DAY}.csv").open() as file:
        truth = list(csv.DictReader(file))
    for team in requests | {row["team_id"]: 0 for row in truth}:
        rows = [row for row in truth if row["team_id"] == team]
        assert requests[team] == sum(int(row["requests"]) for row in rows)
        counters = ("input_uncached", "cache_read", "cache_write", "output")
        assert tokens[team] == sum(int(row[name]) for row in rows for name in counters)
    assert requests.total() == 900
    # The price of a row, by the list.
    haiku = next(row for row in truth if "haiku" in row["model"])
    cost = Decimal(haiku["input_uncached"]) + Decimal(haiku["cache_read"]) * Decimal("0.1")
    cost += Decimal(haiku["cache_write"]) * Decimal("1.25") + Decimal(haiku["output"]) * 5
    assert Decimal(haiku["cost_usd"]) == cost / 1_000_000


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(company: Path, tmp_path: Path) -> None:
    def content(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    again = content(write(tmp_path / "again"))

    assert content(company) == again
    assert content(write(tmp_path / "other", seed=8)) != again


def test_packed_files_hold_the_same_lines(company: Path, tmp_path: Path) -> None:
    plain = (company / f"landing/litellm/{DAY}-01.jsonl").read_bytes()

    zst = write(tmp_path / "zst", packed="zst") / f"landing/litellm/{DAY}-01.jsonl.zst"
    gz = write(tmp_path / "gz", packed="gz") / f"landing/litellm/{DAY}-01.jsonl.gz"

    assert zstandard.ZstdDecompressor().decompressobj().decompress(zst.read_bytes()) == plain
    assert gzip.decompress(gz.read_bytes()) == plain


def test_a_task_goes_from_day_to_day_and_what_comes_later_is_another_batch(tmp_path: Path) -> None:
    days = [date(2026, 2, 28), DAY]
    with open_days(tmp_path / "landing", truth=tmp_path / "truth", people=30) as company:
        for day in days:
            company.write(day, 100)
        company.write(days[0], 40, batch="late", work=False)

    pulls = [
        {pull["number"]: pull for pull in json.loads(path.read_text())}
        for day in days
        for path in (tmp_path / "landing/github").rglob(f"pulls/{day}.json")
    ]
    both = pulls[0].keys() & pulls[1].keys()
    assert both
    assert {pulls[0][number]["state"] for number in both} == {"open"}
    assert any(pulls[1][number]["merged_at"] for number in both)
    assert all(pulls[0][number]["head"]["ref"] == pulls[1][number]["head"]["ref"] for number in both)
    lines = {path.name: path.read_text().splitlines() for path in (tmp_path / "landing/litellm").iterdir()}
    assert {name: len(found) for name, found in lines.items()} == {
        "2026-02-28-01.jsonl": 100, "2026-03-01-01.jsonl": 100, "2026-02-28-late-01.jsonl": 40,
    }  # fmt: skip
    ids = [json.loads(line)["request_id"] for found in lines.values() for line in found]
    assert len(ids) == len(set(ids))


def test_lists_of_people_are_as_old_as_the_first_day_s_exports(tmp_path: Path) -> None:
    """A week is over when exports are younger than its Sunday: with lists of today every week would be, at once."""
    with open_days(tmp_path / "landing", truth=tmp_path / "truth", people=30) as company:
        company.write(DAY, 100)
        company.write(date(2026, 3, 2), 100)

    files = [path for path in (tmp_path / "landing").rglob("*") if path.is_file()]
    exported = {path: datetime.fromtimestamp(path.stat().st_mtime, UTC).date() for path in files}
    assert {day for path, day in exported.items() if path.parent.name == "people"} == {date(2026, 3, 2)}
    assert set(exported.values()) == {date(2026, 3, 2), date(2026, 3, 3)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--days", "1", "--weeks", "3"], "--days is for days, --weeks for weeks"),
        (["--requests", "5", "--clean"], "--requests is for days, --gaming or --clean for weeks"),
    ],
)
def test_options_of_days_and_of_weeks_exclude_each_other(tmp_path: Path, options: list[str], said: str) -> None:
    result = typer.testing.CliRunner().invoke(app, ["simulate", "--landing", str(tmp_path / "l"), *options])

    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)
    assert not (tmp_path / "l").exists()


def test_a_day_is_written_into_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "l").mkdir()
    (tmp_path / "l/mine").write_text("x")

    with pytest.raises(UsageError, match="not an empty folder"):
        simulate_days(tmp_path / "l", truth=tmp_path / "t", people=12, requests=10)
    with pytest.raises(UsageError, match="inside the landing zone"):
        simulate_days(tmp_path / "n", truth=tmp_path / "n/t", people=12, requests=10)
