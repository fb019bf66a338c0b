"""What a simulated organisation is known to have done, against what its warehouse says."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.end_to_end.warehouses import Company
from tests.zone import Row

_COUNTERS = "input_uncached_tokens cache_read_tokens cache_write_tokens output_tokens total_tokens".split()


def _truth(company: Company, name: str) -> list[dict[str, str]]:
    with Path(company.truth, name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _in_our_words(tokens: dict[str, int]) -> tuple[int, ...]:
    written = tokens["cache_write_5m"] + tokens["cache_write_1h"]
    names = ("requests", "input_uncached", "cache_read")
    return (*(tokens[name] for name in names), written, tokens["output"], tokens["total"])


def _used(company: Company, by: str) -> dict[str, tuple[int, ...]]:
    sums = ", ".join(f"sum({counter})::bigint" for counter in _COUNTERS)
    rows = company.zone.ask(f"select {by}, sum(requests)::bigint, {sums} from marts.fct_usage group by 1")
    return {key: tuple(rest) for key, *rest in rows}


def _expected(figures: dict[str, dict[str, int]]) -> dict[str, tuple[int, ...]]:
    return {key: _in_our_words(tokens) for key, tokens in figures.items()}


def _named(outcome: str = "") -> str:
    """SQL for an outcome as the truth names it, of a table of outcomes known under an alias."""
    return f"concat_ws(':', {outcome}tracker, {outcome}container, {outcome}external_id)"


def test_requests_and_tokens_are_the_true_ones(company: Company) -> None:
    assert _used(company, "'all'") == {"all": _in_our_words(company.expected["usage"])}


def test_their_parts_by_tool_and_by_team_are_the_true_ones(company: Company) -> None:
    assert _used(company, "tool") == _expected(company.expected["usage_by_tool"])
    assert _used(company, "coalesce(team_id, '')") == _expected(company.expected["usage_by_team"])


def test_every_single_request_is_the_true_one(company: Company) -> None:
    """Of which day and person, in which team and tool, and in how many tokens of each kind."""
    found = company.zone.ask("""
        select usage_date::varchar, coalesce(person_id, ''), team_id, tool,
            input_uncached_tokens, cache_read_tokens, cache_write_tokens, output_tokens
        from intermediate.int_usage_placed
        left join (select distinct person_key, person_id from ids.identities where person_id is not null)
            using (person_key)
    """)
    truth = [
        (
            row["started_at"][:10], row["person_id"], row["team_id"] or None, row["tool"],
            int(row["input_uncached"]), int(row["cache_read"]),
            int(row["cache_write_5m"]) + int(row["cache_write_1h"]), int(row["output"]),
        )
        for row in _truth(company, "usage.csv")
    ]  # fmt: skip
    missing, invented = Counter(truth) - Counter(found), Counter(found) - Counter(truth)
    assert (dict(missing), dict(invented)) == ({}, {})


def test_no_placeholder_passes_for_a_final_count(company: Company) -> None:
    """The other way round it may: of an old client's lines none says which count is the last."""
    said_final = {key for (key,) in company.zone.ask(
        "select request_key from intermediate.int_usage_statements where md5_number(request_key) in ("
        "select request_digest from intermediate.int_usage_requests"
        " natural join intermediate.int_usage_circumstances where output_quality = 'final')"
    )}  # fmt: skip
    placeholders = {row["request"] for row in _truth(company, "usage.csv") if row["output_is_final"] == "False"}
    assert placeholders
    assert said_final & placeholders == set()


def test_what_was_shipped_and_what_was_undone_is_the_truth(company: Company) -> None:
    columns = "outcome_type, team_id, opened_at::varchar, shipped_at::varchar, state, undone_at::varchar, undone_by"
    truth = [
        (
            row["outcome"], row["outcome_type"], row["team_id"] or None,
            _moment(row["opened_at"]), _moment(row["shipped_at"]),
            row["state"], _moment(row["undone_at"]), row["undone_by"] or None,
        )
        for row in map(_as_exported, _truth(company, "outcomes.csv"))
    ]  # fmt: skip
    assert _differing(company.zone.ask(f"select {_named()}, {columns} from marts.fct_outcomes"), truth) == {}


def _differing(ours: Sequence[Row], theirs: Sequence[Row]) -> dict[str, tuple[Row | None, Row | None]]:
    """Rows that are not the same, by their first column."""
    one, other = {row[0]: row for row in ours}, {row[0]: row for row in theirs}
    assert (len(one), len(other)) == (len(ours), len(theirs))
    return {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}


def _as_exported(outcome: dict[str, str]) -> dict[str, str]:
    """GitHub's page of a reopened issue says nothing of its having been completed before."""
    if (outcome["tracker"], outcome["outcome_type"], outcome["state"]) == ("github", "issue", "undone"):
        return outcome | {"state": "open", "shipped_at": "", "undone_at": "", "undone_by": ""}
    return outcome


def _moment(text: str) -> str | None:
    return text.replace("T", " ") or None


def test_outcomes_hang_together_as_they_truly_do(company: Company) -> None:
    found = company.zone.ask(f"""
        select {_named("of.")}, {_named("related.")}, relation from marts.fct_outcome_links as links
        join marts.fct_outcomes as of on links.outcome_id = of.outcome_id
        join marts.fct_outcomes as related on links.related_outcome_id = related.outcome_id
    """)
    truth = [(row["outcome"], row["related_outcome"], row["relation"]) for row in _truth(company, "links.csv")]
    missing, invented = Counter(truth) - Counter(found), Counter(found) - Counter(truth)
    assert (dict(missing), dict(invented)) == ({}, {})


def test_every_line_is_accounted_for_and_the_broken_ones_are_those_that_were_broken(company: Company) -> None:
    company.zone.assert_balanced()
    assert company.zone.messages() == []
    kinds: dict[str, Any] = {}
    for kind, written in company.expected["files"].items():
        source = kind if kind in ("claude_code", "gemini_cli", "entire", "litellm") else kind.partition("_")[0]
        if kind != "sidecar":
            tally = kinds.setdefault(source, [0, 0, 0])
            for position, figure in enumerate(("files", "records", "broken")):
                tally[position] += written[figure]
    ledger = company.zone.ask(
        "select source, count(*), sum(quarantined)::bigint from audit.loads where superseded_at is null group by 1"
    )
    assert {source: (files, broken) for source, files, broken in ledger} == {
        source: (files, broken) for source, (files, _, broken) in kinds.items()
    }


def test_duplicates_are_counted_once_and_kept_in_the_books(company: Company) -> None:
    """Lines of one file that say the same are duplicates; of other files they are statements of one request."""
    truth = _truth(company, "usage.csv")
    ((statements, requests, duplicates),) = company.zone.ask(
        "select sum(statements)::bigint, count(*), (select sum(duplicates)::bigint from audit.loads"
        " where superseded_at is null) from intermediate.int_usage_requests"
    )
    assert requests == len(truth)
    told = sum(len(row["exports"].split(";")) for row in truth)
    assert statements >= told > requests
    assert duplicates > 0


def test_ledger_and_usage_agree_to_the_token_and_to_the_last_decimal(company: Company) -> None:
    differing: list[Row] = company.zone.ask("""
        select usage_id from (
            select usage_id, sum(tokens) as tokens, sum(cost_usd) as cost_usd from marts.fct_attribution group by 1
        ) as ledger full join marts.fct_usage as used using (usage_id)
        where ledger.tokens is distinct from used.total_tokens or ledger.cost_usd is distinct from used.cost_usd
    """)
    assert differing == []
