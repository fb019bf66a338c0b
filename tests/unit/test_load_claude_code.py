"""Transcripts of Claude Code: every line that tells of a request becomes a row, and nothing else is kept."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from tests.exports import json_lines, message, progress_line, transcript_line, usage, user_line
from tests.zone import Zone

_FILE = "claude_code/Ada/projects/-home-ada-shop/session-1.jsonl"


def test_a_line_of_a_request_is_kept_field_by_field(zone: Zone) -> None:
    line = transcript_line(
        1,
        agentId="agent-1",
        costUSD=0.0425,
        message=message(
            "msg_1",
            speed="fast",
            inference_geo="us",
            server_tool_use={"web_search_requests": 2, "web_fetch_requests": 1},
        ),
    )
    zone.put(_FILE, json_lines([line]))

    zone.load()

    assert zone.ask(
        "select line_uuid, message_id, request_id, session_id, agent_id, record_type, plain(account_key), model,"
        " client_version, plain(branch_key), plain(folder_key), is_sidechain, service_tier, speed, inference_geo"
        " from raw.claude_code_requests"
    ) == [
        ("uuid-1", "msg_1", "req_1", "session-1", "agent-1", "assistant", "ada", "claude-opus-4-5",
         "2.1.100", "ada/SHOP-1-cart", "/home/ada/shop", False, "standard", "fast", "us"),
    ]  # fmt: skip
    assert zone.ask(
        "select input_tokens, cache_creation_input_tokens, cache_write_5m_tokens, cache_write_1h_tokens,"
        " cache_read_input_tokens, output_tokens, web_search_requests, vendor_cost_usd, occurred_at"
        " from raw.claude_code_requests"
    ) == [(10, 30, 25, 5, 40, 20, 2, Decimal("0.0425"), datetime(2026, 2, 1, 10, 0, 1, 500000))]


def test_every_line_of_a_response_is_kept_and_lines_without_usage_are_counted(zone: Zone) -> None:
    lines = [
        user_line(),
        transcript_line(1, message_id="msg_1"),
        transcript_line(2, message_id="msg_1"),
        {"type": "summary", "summary": "The launch plan", "leafUuid": "x"},
        {"type": "file-history-snapshot", "snapshot": {}},
        transcript_line(3, isApiErrorMessage=True, message=message("msg_3", model="<synthetic>")),
        transcript_line(4, isApiErrorMessage=True, message={"role": "assistant", "content": []}),
    ]
    zone.put(_FILE, json_lines(lines) + "\n")

    zone.load()

    assert zone.rows("claude_code_requests", "line_uuid", "message_id") == [("uuid-1", "msg_1"), ("uuid-2", "msg_1")]
    assert zone.ledger() == [(8, 2, 0, 6, 0)]


def test_lines_of_old_clients_without_a_type_or_ids_count(zone: Zone) -> None:
    line = {"timestamp": "2025-06-01T10:00:00Z", "sessionId": "s", "message": {"usage": usage()}}
    zone.put(_FILE, json_lines([line]))

    zone.load()

    columns = ("line_uuid", "message_id", "request_id", "record_type", "model", "input_tokens")
    assert zone.row("claude_code_requests", *columns) == (None, None, None, "assistant", None, 10)


def test_subagents_have_files_of_their_own_and_progress_lines_stand_in_for_lost_ones(zone: Zone) -> None:
    folder = "claude_code/ada/projects/-home-ada-shop/session-1"
    zone.put(f"{folder}/subagents/agent-1.jsonl", json_lines([transcript_line(1, isSidechain=True, agentId="agent-1")]))
    zone.put(f"{folder}.jsonl", json_lines([progress_line(2), {"type": "progress", "data": {"type": "hook"}}]))

    zone.load()

    assert zone.rows("claude_code_requests", "record_type", "request_id", "message_id", "agent_id", "is_sidechain") == [
        ("assistant", "req_1", "msg_1", "agent-1", True),
        ("progress", "req_agent_2", "msg_agent_2", None, False),
    ]
    assert zone.rows("claude_code_requests", "occurred_at", where="record_type = 'progress'") == [
        (datetime(2026, 2, 1, 10, 0, 2, 500000),)
    ]


def test_what_a_tool_reports_of_its_own_tokens_is_not_added(zone: Zone) -> None:
    result = {**user_line(), "toolUseResult": {"agentId": "a", "totalTokens": 999, "usage": usage()}}
    zone.put(_FILE, json_lines([result]))

    zone.load()

    assert zone.rows("claude_code_requests", "*") == []
    assert zone.ledger() == [(1, 0, 0, 1, 0)]


def test_several_iterations_are_billed_together(zone: Zone) -> None:
    iteration = {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 6}
    several = transcript_line(1, message=message(iterations=[iteration, {**iteration, "type": "compaction"}]))
    one = transcript_line(2, message=message(iterations=[iteration]))
    broken = transcript_line(3, message=message(iterations=[iteration, {**iteration, "output_tokens": "many"}]))
    zone.put(_FILE, json_lines([several, one, broken]))

    zone.load()

    columns = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    assert zone.rows("claude_code_requests", *columns) == [(6, 8, 10, 12), (10, 20, 40, 30)]
    assert zone.reasons() == [(3, "output_tokens is not a number of tokens from 0 to 1,000,000,000")]


def test_links_to_pull_requests_written_by_the_tool_are_kept(zone: Zone) -> None:
    link = {
        "type": "pr-link",
        "sessionId": "session-1",
        "prNumber": 12,
        "prUrl": "https://github.com/Acme/Shop/pull/12",
        "prRepository": "Acme/Shop",
        "timestamp": "2026-02-01T12:00:00+02:00",
    }
    zone.put(_FILE, json_lines([link]))

    zone.load()

    columns = ("session_id", "plain(repository_key)", "pull_request", "occurred_at")
    assert zone.row("claude_code_pull_requests", *columns) == (
        "session-1", "github.com/acme/shop", 12, datetime(2026, 2, 1, 10),
    )  # fmt: skip


def test_a_line_that_stands_twice_in_a_file_is_counted_once(zone: Zone) -> None:
    twice = transcript_line(1)
    reworded = {**twice, "message": {**message("msg_1"), "content": []}}
    zone.put(_FILE, json_lines([twice, transcript_line(2), twice, reworded]))

    zone.load()

    assert zone.rows("claude_code_requests", "line_uuid") == [("uuid-1",), ("uuid-2",)]
    assert zone.ledger() == [(4, 2, 2, 0, 0)]


def test_what_is_wrong_in_a_line_is_named_with_its_number(zone: Zone) -> None:
    lines = [
        transcript_line(1),
        transcript_line(2, message=message(input_tokens=12.6)),
        transcript_line(3, message=message(input_tokens=-1, output_tokens=10**12)),
        transcript_line(4, message={"model": "m", "usage": "garbage"}),
        transcript_line(5, timestamp=None),
        transcript_line(6, timestamp="1970-01-01T00:00:00Z"),
        transcript_line(7, timestamp="2100-01-01T00:00:00Z"),
        {"unknown": "line"},
        [transcript_line(9)],
        transcript_line(10),
    ]
    zone.put(_FILE, json_lines(lines))

    zone.load()

    tokens = "is not a number of tokens from 0 to 1,000,000,000"
    time = "occurred_at is not a time between the years 2000 and 2099"
    assert zone.reasons() == [
        (2, f"input_tokens {tokens}"),
        (3, f"input_tokens {tokens}; output_tokens {tokens}"),
        (4, "input_tokens is missing; output_tokens is missing"),
        (5, "occurred_at is missing"),
        (6, time),
        (7, time),
        (8, "it is no line of a Claude Code transcript"),
        (9, "the line is no JSON object"),
    ]
    assert zone.rows("claude_code_requests", "line_uuid") == [("uuid-1",), ("uuid-10",)]
    assert zone.ledger() == [(10, 2, 0, 0, 8)]
    zone.assert_balanced()


def test_numbers_may_be_written_as_text(zone: Zone) -> None:
    zone.put(_FILE, json.dumps(transcript_line(1, message=message(input_tokens="12", output_tokens="7.0"))))

    zone.load()

    assert zone.row("claude_code_requests", "input_tokens", "output_tokens") == (12, 7)


def test_characters_outside_ascii_and_even_nul_come_through(zone: Zone) -> None:
    branches = ["größe/☃", "emoji/🚀", "quote'\"", "nul\x00inside", "back\\slash", "new\nline"]
    lines = [transcript_line(n, gitBranch=branch) for n, branch in enumerate(branches)]
    zone.put(_FILE, json_lines(lines))

    zone.load()

    assert zone.rows("claude_code_requests", "plain(branch_key)") == sorted((branch,) for branch in branches)


def _result(*blocks: object, **more: object) -> dict[str, object]:
    return {**user_line(), "timestamp": "2026-02-01T10:00:00Z", "message": {"role": "user", "content": blocks}, **more}


def _tool_result(content: object) -> dict[str, object]:
    return {"type": "tool_result", "tool_use_id": "toolu_1", "content": content}


def test_marks_of_commits_are_kept_from_what_tools_gave_back_and_nothing_else_of_it(zone: Zone) -> None:
    said = "[ada/SHOP-1-cart 0123abc] Rewrite the launch plan\n 1 file changed, 2 insertions(+)"
    lines = [
        _result(_tool_result(said)),
        _result(_tool_result([{"type": "text", "text": "[größe/☃ (root-commit) 1123abc] Start\nthe launch plan"}])),
        _result(_tool_result("ok\n[detached HEAD 2123abc] Plan"), _tool_result("[main 3123abc] a\n[main 4123abc] b")),
        {"type": "progress", "sessionId": "s", "timestamp": "2026-02-01T10:00:00Z", "data": {"message": {
            "message": {"content": [_tool_result("[fix 5123abc] By a sub-agent")]}}}},
    ]  # fmt: skip
    zone.put(_FILE, json_lines(lines))

    zone.load()

    assert zone.rows("claude_code_commits", "commit_sha", "plain(branch_key)") == [
        ("0123abc", "ada/SHOP-1-cart"),
        ("1123abc", "größe/☃"),
        ("2123abc", None),
        ("3123abc", "main"),
        ("4123abc", "main"),
        ("5123abc", "fix"),
    ]
    assert zone.ask("select distinct session_id, occurred_at from raw.claude_code_commits order by 1") == [
        ("s", datetime(2026, 2, 1, 10)),
        ("session-1", datetime(2026, 2, 1, 10)),
    ]
    assert {column for (column,) in zone.ask("select name from pragma_table_info('raw.claude_code_commits')")} == {
        "load_id", "session_id", "branch_key", "commit_sha", "occurred_at",
    }  # fmt: skip
    assert zone.ask(
        "select count(*) from ids.pseudonyms where contains(plain, 'launch') or contains(plain, 'agent')"
    ) == [(0,)]
    assert zone.ledger() == [(4, 4, 0, 0, 0)]


def test_what_is_no_mark_of_a_commit_is_left_behind(zone: Zone) -> None:
    mark = "[main 0123abc] Plan"
    lines = [
        _result({"type": "text", "text": mark}),
        _result(_tool_result(f"path{mark}"), _tool_result("[two words 0123abc]"), _tool_result("[main 0123ab]")),
        _result(_tool_result("[main 0123ABC]"), _tool_result([{"type": "image", "text": None}]), _tool_result(None)),
        {**user_line(), "timestamp": "2026-02-01T10:00:00Z", "message": {"role": "user", "content": mark}},
        {**user_line(), "message": {"content": f'not JSON: "tool_result" {mark}'}},
        _result(_tool_result(mark), timestamp=None),
        transcript_line(1, message={**message("msg_1"), "content": [{"type": "tool_use", "input": {"command": mark}}]}),
    ]
    zone.put(_FILE, json_lines(lines))

    zone.load()

    assert zone.rows("claude_code_commits", "commit_sha") == []
    assert zone.ledger() == [(7, 1, 0, 6, 0)]


def test_lines_that_are_broken_in_several_files_are_named_and_the_others_count(zone: Zone) -> None:
    for number in (1, 2, 3):
        lines = [json_lines([user_line(number)]), '{"type":"assistant","mess\n', json_lines([transcript_line(number)])]
        zone.put(_FILE.replace("session-1", f"session-{number}"), "".join(lines[:: -1 if number == 2 else 1]))
    zone.put(_FILE.replace("session-1", "session-4"), json_lines([user_line(4), transcript_line(4)]))

    zone.load()

    assert zone.rows("claude_code_requests", "line_uuid") == [(f"uuid-{number}",) for number in (1, 2, 3, 4)]
    assert zone.ask("select line, reason from raw.quarantine") == [(2, "the line is not valid JSON")] * 3
    zone.assert_balanced()


def test_whether_a_line_belongs_here_does_not_depend_on_its_neighbours(zone: Zone) -> None:
    foreign = '{"event": {"type": "assistant"}}\n[{"type": "user"}]\n'
    zone.put(_FILE, json_lines([user_line()]) + foreign)
    zone.put(_FILE.replace("session-1", "session-2"), foreign + "{\n")

    zone.load()

    assert [(line, reason) for line, reason in zone.ask("select line, reason from raw.quarantine order by all")] == [
        (1, "it is no line of a Claude Code transcript"),
        (2, "it is no line of a Claude Code transcript"),
        (2, "the line is no JSON object"),
        (3, "the line is no JSON object"),
        (3, "the line is not valid JSON"),
    ]
