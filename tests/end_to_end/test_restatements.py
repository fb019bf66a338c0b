"""What was published and is restated later says why, and what a stopped run left is not taken for published."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.warehouses import KEY, OF_FILES, assert_same_marts, marts, zone_over
from tests.zone import Row, Zone
from tokenworth.build import build
from tokenworth.first_published import settle
from tokenworth.growing import GROWING
from tokenworth.pipeline import run
from tokenworth.simulate import simulate
from tokenworth.warehouse import open_warehouse


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Zone:
    """Published, told otherwise in three ways, and published again."""
    folder = tmp_path_factory.mktemp("restated")
    simulate(folder / "landing", truth=folder / "truth", people=12, weeks=3)
    zone = zone_over(folder / "landing", folder)
    zone.set(key=KEY, min_group=1)
    # Of a tool whose requests no other export tells of.
    late = min((zone.landing / "otel").glob("copilot-spans-*"))
    late.rename(folder / "held_back")
    run(zone.settings)

    (folder / "held_back").rename(late)
    _move_somebody_to(zone.landing / "people" / "members.csv", "a_new_team")
    _take_back_a_commit(zone)
    run(zone.settings)
    return zone


def _move_somebody_to(members: Path, team: str) -> None:
    """Whoever is in a team all the time, is said to have been in another one."""
    header, *rows = csv.reader(io.StringIO(members.read_text("utf-8"), newline=""))
    row = next(row for row in rows if row[header.index("team_id")] and not row[header.index("valid_to")])
    row[header.index("team_id")] = team
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    members.write_text(text.getvalue(), "utf-8")


def _take_back_a_commit(zone: Zone) -> None:
    """A commit on the default branch that takes back what counted in a published week."""
    repository, sha = zone.ask(
        "select container, sha from marts.fct_outcomes join intermediate.int_change_commits using (outcome_id)"
        " where outcome_type = 'change' and survival = 'pending' and carries_value"
        " and not is_bot and value_units > 0"
        " and cast(date_trunc('week', shipped_at) as date) in (select week_start from audit.first_published_weeks)"
        " order by value_units desc, sha limit 1"
    )[0]
    zone.close()
    commits = next((zone.landing / "git" / repository).glob("commits.jsonl*"))
    text = commits.read_bytes() if commits.suffix == ".jsonl" else gzip.decompress(commits.read_bytes())
    made = [json.loads(line) for line in text.decode().splitlines()]
    taken_back = next(commit for commit in made if commit["sha"] == sha)
    day_after = datetime.fromisoformat(taken_back["committed_at"]) + timedelta(days=1)
    made.append(
        taken_back
        | {
            "sha": "f" * 40,
            "parents": [made[-1]["sha"]],
            "authored_at": day_after.isoformat(),
            "committed_at": day_after.isoformat(),
            "message": f'Revert "It"\n\nThis reverts commit {sha}.',
            "files": [f | {"added": f["deleted"], "deleted": f["added"]} for f in taken_back["files"]],
            "patch_id": "f" * 40,
        }
    )
    said = "".join(json.dumps(commit) + "\n" for commit in made).encode()
    commits.write_bytes(said if commits.suffix == ".jsonl" else gzip.compress(said))


def test_amounts_of_a_figure_add_up_to_what_changed(restated: Zone) -> None:
    assert (
        restated.ask(
            "select team_id, week_start, figure from marts.audit_restatements"
            " where first_value is not null and value is not null"
            " group by all having sum(amount) <> any_value(value - first_value)"
        )
        == []
    )


@pytest.mark.parametrize(
    ("reason", "figure", "sign"),
    [
        ("late_file", "total_tokens", 1),
        ("membership_backdated", "total_tokens", -1),
        ("reverted", "outcomes_undone", 1),
        ("reverted", "value_units", -1),
    ],
)
def test_what_changed_is_explained(restated: Zone, reason: str, figure: str, sign: int) -> None:
    amounts = restated.ask(
        f"select amount from marts.audit_restatements where reason = '{reason}' and figure = '{figure}'"
    )
    assert any(amount is not None and amount * sign > 0 for (amount,) in amounts)
    said = restated.ask(f"select reasons from publication.audit_restatements where figure = '{figure}'")
    assert any(reason in reasons.split() for (reasons,) in said)


def test_a_figure_that_stayed_is_not_restated(restated: Zone) -> None:
    assert restated.ask("from publication.audit_restatements where first_value is not distinct from value") == []


def test_what_a_stopped_run_left_was_not_published(restated: Zone) -> None:
    restated.close()
    published = restated.settings.published.readlink()
    with open_warehouse(restated.settings) as connection:
        known = connection.execute("select count(*) from audit.first_published_weeks").fetchall()
        connection.execute(
            "insert into audit.first_published_weeks values ('never', '2030-01-07', 'web', 'requests', 1)"
        )
        settle(connection, restated.settings)
        settle(connection, restated.settings)

        assert connection.execute("select count(*) from audit.first_published_weeks").fetchall() == known
        assert connection.execute("select max(publication) from audit.publications").fetchall() == [(published.name,)]


def test_what_grew_over_all_that_is_what_a_rebuild_makes(restated: Zone, tmp_path: Path) -> None:
    """After a late file, another team and a commit that was taken back, each of which touches days that were built."""
    restated.close()
    shutil.copytree(restated.settings.warehouse, tmp_path / "warehouse", symlinks=True)
    zone = Zone(tmp_path)
    zone.set(key=KEY, min_group=1)
    # A verdict that was said is not said again.
    grown, grew = marts(zone.settings, but=(*OF_FILES, "fct_divergence")), _growing(zone)

    build(zone.settings, full_refresh=True)

    assert_same_marts(grown, marts(zone.settings, but=(*OF_FILES, "fct_divergence")))
    assert_same_marts(grew, _growing(zone))


def _growing(zone: Zone) -> dict[str, list[Row]]:
    """Rows of what grows by marks; floats differ behind the ninth place by the order in which the engine added."""
    found = {}
    for table in GROWING:
        columns = zone.ask(
            "select table_schema, column_name, data_type from information_schema.columns"
            f" where table_name = '{table}' and table_catalog = 'warehouse' order by ordinal_position"
        )
        if "made_of" in (name for _, name, _ in columns):
            shown = ", ".join(f"round({name}, 9)" if kind == "DOUBLE" else str(name) for _, name, kind in columns)
            found[table] = zone.ask(f"select {shown} from {columns[0][0]}.{table} order by all")
    zone.close()
    assert found
    return found
