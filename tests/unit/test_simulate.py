"""The synthetic organisation: repeatable, complete, and exactly what its truth says.

Everything is counted again here with plain Python from the files that were written, so that the
simulation and the loader cannot be wrong in the same way.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tokenworth.errors import UsageError
from tokenworth.simulate import simulate

COUNTERS = ("input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "output")
Json = dict[str, Any]


_CLEAN: dict[str, Any] = {"people": 12, "weeks": 2}
_MIXED: dict[str, Any] = {"people": 35, "weeks": 2, "gaming": True}


@pytest.fixture(scope="module", params=[_CLEAN, _MIXED], ids=["clean", "mixed"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `landing` and `truth` of a small company."""
    folder = tmp_path_factory.mktemp("company")
    simulate(folder / "landing", truth=folder / "truth", **request.param)
    return folder


@pytest.fixture(scope="module")
def expected(company: Path) -> Json:
    return json.loads((company / "truth/expected.json").read_text())


def plain(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return content.decode()


def lines(company: Path, pattern: str) -> Iterator[tuple[Path, Json]]:
    """The good lines of JSON-lines files."""
    for path in sorted((company / "landing").glob(pattern)):
        for line in plain(path).splitlines():
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield path, value


def documents(company: Path, pattern: str) -> Iterator[tuple[Path, Any]]:
    for path in sorted((company / "landing").glob(pattern)):
        yield path, json.loads(plain(path))


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(plain(path))))


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns if "landing" in path.parts else 0,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("sizes", [_CLEAN, _MIXED], ids=["clean", "mixed"])
def test_same_seed_gives_the_same_bytes_and_another_seed_others(sizes: dict[str, Any], tmp_path: Path) -> None:
    found = []
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        simulate(tmp_path / name / "landing", truth=tmp_path / name / "truth", seed=seed, **sizes)
        found.append(digests(tmp_path / name))
    assert found[0] == found[1]
    assert found[0] != found[2]
    assert len({modified for name, (_, modified) in found[0].items() if name.startswith("landing/")}) == 1


def test_an_end_on_any_weekday_is_served(tmp_path: Path) -> None:
    summary = simulate(tmp_path / "l", truth=tmp_path / "t", people=12, weeks=2, end=date(2025, 11, 19))
    days = {row["started_at"][:10] for row in table(tmp_path / "t/usage.csv")}
    assert summary.requests > 0
    assert min(days) >= "2025-11-06" and max(days) <= "2025-11-19"


def test_what_cannot_be_simulated_is_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    with pytest.raises(UsageError, match="not an empty folder"):
        simulate(tmp_path / "full", truth=tmp_path / "truth")
    with pytest.raises(UsageError, match="inside the landing zone"):
        simulate(tmp_path / "landing", truth=tmp_path / "landing/truth")
    with pytest.raises(UsageError, match="12 people"):
        simulate(tmp_path / "landing", truth=tmp_path / "truth", people=3)
    assert not (tmp_path / "landing").exists()


def transcripts(company: Path) -> tuple[dict[str, Json], dict[str, str]]:
    """Requests by message id, each as its fullest line has it; and message ids by request id."""
    found: dict[str, Json] = {}
    bridge: dict[str, str] = {}
    for _, line in lines(company, "claude_code/**/*.jsonl"):
        carrier = line["data"]["message"] if line.get("type") == "progress" else line
        message = carrier.get("message", {})
        if "usage" not in message or message["model"] == "<synthetic>":
            continue
        usage, writes = message["usage"], message["usage"]["cache_creation"]
        request = {
            "model": message["model"],
            "input_uncached": usage["input_tokens"],
            "cache_read": usage["cache_read_input_tokens"],
            "cache_write_5m": writes["ephemeral_5m_input_tokens"],
            "cache_write_1h": writes["ephemeral_1h_input_tokens"],
            "output": usage["output_tokens"],
        }
        assert usage["cache_creation_input_tokens"] in (0, request["cache_write_5m"] + request["cache_write_1h"])
        if "requestId" in carrier:
            bridge[carrier["requestId"]] = message["id"]
        known = found.setdefault(message["id"], request)
        known["output"] = max(known["output"], request["output"])
    return found, bridge


def attributes(items: list[Json]) -> Json:
    return {item["key"]: next(iter(item["value"].values())) for item in items}


def telemetry(company: Path) -> tuple[dict[str, Json], dict[str, Json]]:
    """Claude Code's requests by request id, and Copilot's calls by response id."""
    requests: dict[str, Json] = {}
    calls: dict[str, Json] = {}
    for _, line in lines(company, "otel/*"):
        for resource in line.get("resourceLogs", []):
            for record in resource["scopeLogs"][0]["logRecords"]:
                event = attributes(record["attributes"])
                if event["event.name"] == "api_request":
                    requests[event["request_id"]] = {
                        "model": event["model"],
                        "input_uncached": int(event["input_tokens"]),
                        "cache_read": int(event["cache_read_tokens"]),
                        "cache_write_5m": int(event["cache_creation_tokens"]),
                        "cache_write_1h": 0,
                        "output": int(event["output_tokens"]),
                    }
        for resource in line.get("resourceSpans", []):
            for span in resource["scopeSpans"][0]["spans"]:
                event = attributes(span["attributes"])
                if event["gen_ai.operation.name"] == "chat":
                    read = int(event["gen_ai.usage.cache_read.input_tokens"])
                    calls[event["gen_ai.response.id"]] = {
                        "model": event["gen_ai.response.model"],
                        "input_uncached": int(event["gen_ai.usage.input_tokens"]) - read,
                        "cache_read": read,
                        "cache_write_5m": 0,
                        "cache_write_1h": 0,
                        "output": int(event["gen_ai.usage.output_tokens"]),
                    }
    return requests, calls


def gateway(company: Path) -> dict[str, Json]:
    rows = [row for _, row in lines(company, "litellm/*.jsonl")]
    rows += [row for _, page in documents(company, "litellm/*.json") for row in page["data"]]
    rows += [row for path in (company / "landing/litellm").glob("*.csv") for row in table(path)]
    found = {}
    for row in rows:
        if row["metadata"] is None or not isinstance(row["prompt_tokens"], int | str):
            continue  # a row cut short, a count of tokens that is none
        metadata = json.loads(row["metadata"]) if isinstance(row["metadata"], str) else row["metadata"]
        usage = metadata["usage_object"]
        details, writes = usage["prompt_tokens_details"], usage.get("cache_creation", {})
        found[row["request_id"]] = {
            "model": row["model"].removeprefix("anthropic/"),
            "input_uncached": int(row["prompt_tokens"]) - details["cached_tokens"] - details["cache_creation_tokens"],
            "cache_read": details["cached_tokens"],
            "cache_write_5m": writes.get("ephemeral_5m_input_tokens", 0),
            "cache_write_1h": writes.get("ephemeral_1h_input_tokens", 0),
            "output": int(row["completion_tokens"]),
        }
    return found


def chats(company: Path) -> dict[str, Json]:
    found = {}
    for _, chat in documents(company, "gemini_cli/**/session-*.json"):
        for message in chat["messages"]:
            if tokens := message.get("tokens"):
                found[message["id"]] = {
                    "model": message["model"],
                    "input_uncached": tokens["input"] - tokens["cached"],
                    "cache_read": tokens["cached"],
                    "cache_write_5m": 0,
                    "cache_write_1h": 0,
                    "output": tokens["output"] + tokens["thoughts"],
                }
    return found


def test_every_request_is_in_the_truth_once_with_the_tokens_that_the_files_show(company: Path, expected: Json) -> None:
    counted, bridge = transcripts(company)
    by_event, calls = telemetry(company)
    for key, request in [*((bridge.get(i, i), r) for i, r in by_event.items()), *gateway(company).items()]:
        known = counted.setdefault(key, request)
        known["output"] = max(known["output"], request["output"])
        assert known["input_uncached"] == request["input_uncached"]
        assert known["cache_read"] == request["cache_read"]
    counted |= calls | chats(company)
    truth = {row["request"]: row for row in table(company / "truth/usage.csv")}
    assert counted.keys() == truth.keys()
    for key, request in counted.items():
        assert request == {"model": truth[key]["model"], **{c: int(truth[key][c]) for c in COUNTERS}}, key
    totals = {counter: sum(request[counter] for request in counted.values()) for counter in COUNTERS}
    assert expected["usage"] == {"requests": len(counted), **totals, "total": sum(totals.values())}
    for kind in ("tool", "team", "model"):
        parts = expected[f"usage_by_{kind}"].values()
        assert {name: sum(part[name] for part in parts) for name in expected["usage"]} == expected["usage"]


def test_a_request_belongs_to_the_team_of_its_person_on_that_day(company: Path) -> None:
    seats = table(company / "landing/people/members.csv")
    for row in table(company / "truth/usage.csv"):
        day = row["started_at"][:10]
        teams = [
            seat["team_id"]
            for seat in seats
            if seat["person_id"] == row["person_id"] and seat["valid_from"] <= day < (seat["valid_to"] or "9999")
        ]
        assert row["team_id"] == (teams[0] if teams else "")
    assert len({(s["person_id"], s["team_id"]) for s in seats}) > len({s["person_id"] for s in seats})


def test_lines_and_broken_lines_are_as_many_as_the_truth_says(company: Path, expected: Json) -> None:
    patterns = {"claude_code": "claude_code/**/*.jsonl", "git_commits": "git/**/commits.jsonl*"}
    for kind, pattern in patterns.items():
        written = [plain(path).splitlines() for path in (company / "landing").glob(pattern)]
        good = sum(1 for _ in lines(company, pattern))
        said = expected["files"][kind]
        assert (len(written), good, sum(map(len, written)) - good) == (said["files"], said["records"], said["broken"])
    cut = [path for path in (company / "landing/otel").glob("*.jsonl") if not plain(path).endswith("\n")]
    assert len(cut) == expected["files"]["otel_events"]["broken"] == 1
    names = {path.name for path in (company / "landing").rglob("*") if path.is_file()}
    assert not names & {path.name for path in (company / "truth").iterdir()}


def test_pull_requests_reverts_and_direct_commits_are_as_the_truth_says(company: Path, expected: Json) -> None:
    pulls = {}
    for path, page in documents(company, "github/*/*/pulls/page-*.json"):
        pulls |= {(path.parts[-3], pull["number"]): pull for pull in page}
    merged = {key: pull for key, pull in pulls.items() if pull["merged_at"]}
    assert (len(pulls), len(merged)) == (expected["pull_requests"], expected["merged_pull_requests"])
    stacked = [pull for pull in merged.values() if pull["base"]["ref"] != "main"]
    assert len(stacked) == expected["merged_into_another_branch"] == 1

    brought = {pull["merge_commit_sha"] for pull in merged.values()}
    copies = set()  # a rebase keeps author, time and subject
    for _, commits in documents(company, "github/*/*/pull_commits/*.json"):
        for commit in commits:
            brought.add(commit["sha"])
            author = commit["commit"]["author"]
            copies.add((author["email"], author["date"], commit["commit"]["message"]))
    history = {commit["sha"]: commit for _, commit in lines(company, "git/**/commits.jsonl*")}
    default = {sha: commit for sha, commit in history.items() if commit["on_default_branch"]}
    direct = [sha for sha, c in default.items() if sha not in brought and _copy(c) not in copies]
    assert len(direct) == expected["direct_commits"]

    reverted = {
        sha
        for commit in default.values()
        for sha in re.findall(r"This reverts commit (\w+)", commit["message"])
        if commit["message"].startswith("Revert")
    }
    assert reverted <= default.keys()
    truth = {row["outcome"]: row for row in table(company / "truth/outcomes.csv")}
    undone = [row for row in truth.values() if row["outcome_type"] == "change" and row["state"] == "undone"]
    # One revert was reverted itself: its target is back.
    assert len(undone) == expected["reverts_on_default_branch"] - 1
    mentioned = {s for c in default.values() for s in re.findall(r"This reverts commit (\w+)", c["message"])}
    assert mentioned - history.keys(), "a squash commit speaks of a commit that is nowhere"


def _copy(commit: Json) -> tuple[str, str, str]:
    at = datetime.fromisoformat(commit["authored_at"]).astimezone(UTC)
    return commit["author_email"], f"{at:%Y-%m-%dT%H:%M:%SZ}", commit["message"]


def test_issues_end_as_the_truth_says(company: Path, expected: Json) -> None:
    shipped = 0
    for _, page in documents(company, "jira/*/search/*.json"):
        shipped += sum((i["fields"]["resolution"] or {}).get("name") == "Done" for i in page["issues"])
    (export,) = (company / "landing").glob("jira/*/csv/*.csv")
    shipped += sum(row["Resolution"] == "Done" and None not in row for row in table(export))
    for _, page in documents(company, "github/*/*/issues/*.json"):
        shipped += sum(i["state_reason"] == "completed" and "pull_request" not in i for i in page)
    assert shipped == expected["issues_shipped"]


def test_the_special_cases_are_there(company: Path) -> None:
    usage = table(company / "truth/usage.csv")
    evidence = {word for row in usage for word in row["evidence"].split(";")}
    assert evidence == {"", "branch", "issue_key", "commit", "pr_link", "entire", "tags"}
    assert {"claude_code;otel;litellm", "otel", "litellm"} <= {row["exports"] for row in usage}
    assert any(row["output_is_final"] == "False" for row in usage)
    assert any(row["person_id"] == "" for row in usage), "usage of a machine that nobody claims"
    assert any(row["model"] == "hosted_vllm/acme-coder-13b" for row in usage), "a model without a price"
    transcript_lines = list(lines(company, "claude_code/**/*.jsonl"))
    kinds = {(line.get("type"), (line.get("data") or {}).get("type")) for _, line in transcript_lines}
    assert {("progress", "agent_progress"), ("pr-link", None), ("summary", None), ("system", None)} <= kinds
    sessions: dict[str, set[str]] = {}
    for path, line in transcript_lines:
        if line.get("type") == "assistant" and "/subagents/" not in path.as_posix():
            sessions.setdefault(line["message"]["id"], set()).add(line["sessionId"])
    assert max(map(len, sessions.values())) == 2, "a resumed session copies lines"
