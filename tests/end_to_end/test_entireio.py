"""Real exports: every figure that was counted independently, read from the warehouse of a whole run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.end_to_end.warehouses import skip_without
from tests.zone import Zone

Figures = dict[str, Any]

COUNTERS = ("input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "total_tokens")
_SUMS = ", ".join(f"sum({counter})::bigint" for counter in COUNTERS)
_USED = "from marts.fct_usage where tool = 'claude_code'"
_CURRENT = "load_id in (select load_id from audit.loads where superseded_at is null)"


@pytest.fixture(scope="module")
def expected() -> Figures:
    path = skip_without("expected_landing_entireio.json") / "expected_landing_entireio.json"
    figures: Figures = json.loads(path.read_text("utf-8"))
    return figures


def _figures(zone: Zone, query: str) -> Figures:
    """Requests and tokens by the first column of a query."""
    return {key: dict(zip(("requests", *COUNTERS), rest, strict=True)) for key, *rest in zone.ask(query)}


def _by(zone: Zone, column: str) -> Figures:
    return _figures(zone, f"select {column}, sum(requests)::bigint, {_SUMS} {_USED} group by 1")


def _files(zone: Zone) -> str:
    """SQL for the current ledger with the files' own names."""
    return "(select *, plain(file_key) as file from audit.loads where superseded_at is null)"


def test_every_file_and_every_line_is_accounted_for(entireio: Zone, expected: Figures) -> None:
    entireio.assert_balanced()
    assert entireio.unread() == []
    assert entireio.messages() == []
    kinds = """case when source in ('claude_code', 'entire', 'gemini_cli') then source
        when source = 'github' then 'github/' || split_part(file, '/', 4)
        when source = 'git' then 'git/' || replace(split_part(file, '/', -1), '.gz', '')
        else file end"""
    found = entireio.ask(f"select {kinds}, count(*), sum(lines)::bigint from {_files(entireio)} group by 1")
    assert {kind: files for kind, files, _ in found} == expected["files"]
    assert {kind: lines for kind, _, lines in found if kind in expected["lines"]} == expected["lines"]


def test_every_line_of_a_transcript_is_what_it_says(entireio: Zone, expected: Figures) -> None:
    figures = expected["claude_code"]
    types = figures["line_types"]
    ((files, lines, loaded, duplicates, quarantined),) = entireio.ask(
        "select count(*), sum(lines)::bigint, sum(loaded)::bigint, sum(duplicates)::bigint, sum(quarantined)::bigint"
        f" from {_files(entireio)} where source = 'claude_code'"
    )
    assert (files, lines) == (figures["files"], figures["lines"])
    assert quarantined == types["(malformed)"]
    # What the client wrote in place of an answer is no request, and neither is the rest.
    assert figures["usage_lines"] == types["assistant"] - figures["synthetic_lines"]
    # A line of what a tool gave back counts where git says in it that it made a commit.
    ((marks,),) = entireio.ask(
        "select count(*) from (select distinct load_id, session_id, occurred_at from raw.claude_code_commits)"
        f" where {_CURRENT}"
    )
    told = figures["usage_lines"] + figures["progress_usage_lines"] + types["pr-link"]
    assert (loaded + duplicates, marks > 100) == (told + marks, True)
    by_account = entireio.ask(
        "select split_part(file, '/', 2), count(*), sum(lines)::bigint"
        f" from {_files(entireio)} where source = 'claude_code' group by 1"
    )
    assert {account: files for account, files, _ in by_account} == figures["files_by_account"]
    assert {account: lines for account, _, lines in by_account} == figures["lines_by_account"]


def test_lines_summed_without_thought_are_far_too_many(entireio: Zone, expected: Figures) -> None:
    (found,) = entireio.ask(
        "select sum(input_uncached_tokens)::bigint, sum(cache_read_tokens)::bigint,"
        " sum(cache_write_5m_tokens + cache_write_1h_tokens)::bigint, sum(output_tokens)::bigint"
        f" from staging.stg_claude_code__requests where record_rank = 1 and {_CURRENT}"
    )
    assert found == tuple(expected["claude_code"]["naive_sum_of_assistant_lines"][counter] for counter in COUNTERS[:4])


def test_distinct_requests_and_their_tokens_are_met_exactly(entireio: Zone, expected: Figures) -> None:
    assert _by(entireio, "'all'") == {"all": expected["claude_code"]["distinct"]}
    (sessions,) = entireio.ask(f"select count(distinct session_id), min(first_at), max(last_at) {_USED}")
    assert sessions[0] == expected["claude_code"]["sessions"]
    assert [f"{moment.isoformat(timespec='microseconds')}+00:00" for moment in sessions[1:]] == [
        expected["claude_code"]["first"],
        expected["claude_code"]["last"],
    ]


def test_the_parts_by_day_by_model_and_by_team_are_met_exactly(entireio: Zone, expected: Figures) -> None:
    figures = expected["claude_code"]
    assert _by(entireio, "usage_date::varchar") == figures["by_day"]
    assert _by(entireio, "team_id") == figures["by_team"]
    # The mart knows a model by the name of its price; an export by its dated one.
    by_model = f"""select said_model, count(*), {_SUMS} from (
        select *, cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens
        from intermediate.int_usage_requests natural join intermediate.int_usage_circumstances
        where source = 'claude_code'
    ) group by 1"""
    assert _figures(entireio, by_model) == figures["by_model"]


def test_the_parts_by_account_are_met_exactly(entireio: Zone, expected: Figures) -> None:
    by_account = f"""select account, sum(requests)::bigint, {_SUMS} from marts.fct_usage
        join (select distinct person_key, account from ids.identities where system = 'claude_code') using (person_key)
        where tool = 'claude_code' group by 1"""
    assert _figures(entireio, by_account) == expected["claude_code"]["by_account"]


def test_what_only_progress_lines_tell_of_is_counted(entireio: Zone, expected: Figures) -> None:
    only_progress = f"""select 'all', count(*), {_SUMS} from (
        select *, cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens
        from intermediate.int_usage_requests semi join (
            select md5_number(request_key) as request_digest from intermediate.int_usage_statements
            where source = 'claude_code' group by request_key having min(record_rank) = 2
        ) using (request_digest)
    )"""
    assert _figures(entireio, only_progress) == {"all": expected["claude_code"]["of_which_progress_only"]}
    ((few,),) = entireio.ask(
        "select count(*) from intermediate.int_usage_requests natural join intermediate.int_usage_circumstances"
        " where source = 'claude_code' and output_tokens <= 10"
    )
    assert few == expected["claude_code"]["requests_with_output_le_10"]


def test_chats_of_gemini_are_met_exactly(entireio: Zone, expected: Figures) -> None:
    figures = expected["gemini_cli"]
    counters = "input output cached thought tool".split()
    sums = ", ".join(f"sum({counter}_tokens)::bigint" for counter in counters)
    ((messages, *said),) = entireio.ask(f"select count(*), {sums} from raw.gemini_cli_messages where {_CURRENT}")
    assert messages == figures["messages_with_tokens"]
    names = ["input", "output", "cached", "thoughts", "tool"]
    assert said == [figures["tokens"][name] for name in names]
    ((requests, total, read),) = entireio.ask(
        "select sum(requests)::bigint, sum(total_tokens)::bigint, sum(cache_read_tokens)::bigint"
        " from marts.fct_usage where tool = 'gemini_cli'"
    )
    assert (requests, total, read) == (figures["distinct"], figures["tokens"]["total"], figures["tokens"]["cached"])


def test_the_history_of_the_repository_is_met_exactly(entireio: Zone, expected: Figures) -> None:
    figures = expected["git"]
    ((commits, on_default, merges, authors, assisted, assisted_on_default, checkpointed),) = entireio.ask(
        f"""select count(*), count_if(on_default_branch), count_if(is_merge), count(distinct author_key),
        count_if(assistant is not null), count_if(assistant is not null and on_default_branch),
        count_if(len(entire_checkpoints) > 0) from raw.git_commits where {_CURRENT}"""
    )
    assert (commits, on_default, merges) == (
        figures["commits"], figures["on_default_branch"], figures["merge_commits"]
    )  # fmt: skip
    assert authors == figures["authors"]
    assert (assisted, assisted_on_default, checkpointed) == (
        figures["ai_coauthor_commits"],
        figures["ai_coauthor_commits_on_default_branch"],
        figures["commits_with_checkpoint_trailer"],
    )
    ((files, binary, added, deleted),) = entireio.ask(
        "select count(*), count_if(added_lines is null), sum(added_lines)::bigint, sum(deleted_lines)::bigint"
        f" from raw.git_commit_files where {_CURRENT}"
    )
    assert [files, binary, added, deleted] == [
        figures[name] for name in ("files_rows", "binary_files", "added", "deleted")
    ]
    releases = entireio.ask(
        "select count(*) from marts.fct_outcomes where outcome_type = 'release' and tracker = 'git'"
    )
    assert releases == [(figures["tags"],)]


def test_what_says_revert_undoes_nothing_that_was_shipped(entireio: Zone, expected: Figures) -> None:
    figures = expected["git"]["reverts"]
    ((by_subject, by_body),) = entireio.ask(
        "select count_if(subject_says_revert), count_if(len(reverted_commits) > 0)"
        f" from raw.git_commits where {_CURRENT}"
    )
    assert by_subject == figures["subject_says_revert"]
    assert by_body == figures["commits_with_this_reverts"]
    marks = f"(select sha as reverting, unnest(reverted_commits) as mark from raw.git_commits where {_CURRENT})"
    ((written, resolved),) = entireio.ask(
        f"""select count(*), count_if(exists (select * from raw.git_commits where starts_with(sha, mark)))
        from {marks}"""
    )
    assert (written, resolved) == (figures["revert_marks"], figures["marks_that_resolve_here"])
    ((on_default,),) = entireio.ask(
        "select count(*) from raw.git_commits where on_default_branch"
        f" and (subject_says_revert or len(reverted_commits) > 0) and {_CURRENT}"
    )
    assert on_default == figures["on_default_by_subject_or_mark"]
    assert figures["revert_commits_on_default_with_target_on_default"] == []
    assert entireio.ask("select count(*) from marts.fct_outcomes where state = 'undone' or undone_at is not null") == [
        (0,)
    ]
    assert entireio.ask("select count(*) from marts.fct_outcome_links where relation = 'reverts'") == [(0,)]


def test_pull_requests_and_their_merges_by_week_are_met_exactly(entireio: Zone, expected: Figures) -> None:
    figures = expected["pull_requests"]
    changes = "from marts.fct_outcomes where outcome_type = 'change' and tracker = 'github'"
    states = dict(entireio.ask(f"select state, count(*) {changes} group by 1"))
    assert states == {"shipped": figures["merged_and_on_default_branch"], "open": figures["open"]}
    assert sum(states.values()) == figures["pull_requests"]
    merged = "from staging.stg_github__pull_requests where merged_at is not null"
    weeks = "select strftime(merged_at, '%G-W%V'), count(*)"
    to_main = "base_branch_key in (select name_key from raw.names where kind = 'branch' and name = 'main')"
    assert dict(entireio.ask(f"{weeks} {merged} group by 1")) == figures["merged_by_iso_week"]
    assert dict(entireio.ask(f"{weeks} {merged} and {to_main} group by 1")) == figures["merged_to_main_by_iso_week"]
    assert entireio.ask(f"select count(*) {merged}") == [(figures["merged"],)]
    assert entireio.ask(f"select count(*) {merged} and {to_main}") == [(figures["merged_with_base_main"],)]
    headless = "select count(*) from staging.stg_github__pull_requests where head_branch_key is null"
    assert entireio.ask(headless) == [(figures["without_head_ref"],)]


def test_a_merge_is_shipped_in_the_week_in_which_it_reached_the_default_branch(
    entireio: Zone, expected: Figures
) -> None:
    shipped = dict(
        entireio.ask(
            "select strftime(shipped_at, '%G-W%V'), count(*) from marts.fct_outcomes"
            " where outcome_type = 'change' and tracker = 'github' and shipped_at is not null group by 1"
        )
    )
    merged = expected["pull_requests"]["merged_by_iso_week"]
    assert sum(shipped.values()) == sum(merged.values())
    # Merged into another pull request's branch: shipped with that one, not before.
    to_main = expected["pull_requests"]["merged_to_main_by_iso_week"]
    assert all(shipped.get(week, 0) >= count for week, count in to_main.items()), (shipped, to_main)
