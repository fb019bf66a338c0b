"""LiteLLM's spend logs, in every form in which they are exported."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from tests.exports import ANSWER, PROMPT, csv_text, json_lines, spend_log
from tests.zone import Zone

# A row in which every column says something, and how it is to stand in the warehouse.
_FULL = spend_log(
    1,
    session_id="session-1",
    user=" Ada@Acme.example ",
    spend=0.0425,
    startTime="2026-02-01T10:00:00.250000+01:00",
    request_tags=[
        "User-Agent: claude-cli/2.1.0 (external)",
        "repo:git@github.com:Acme/Shop.git",
        "branch:feature/cart",
        "ticket:shop-12",
        "pr:#34",
        "commit:0123ABCD",
    ],
    metadata={
        "usage_object": {
            "cache_read_input_tokens": 60,
            "cache_creation_input_tokens": 15,
            "cache_creation": {"ephemeral_1h_input_tokens": 5},
        },
        "user_api_key_alias": "shared key",
        "user_api_key_user_id": "somebody",
        "spend_logs_metadata": {"feature": "the secret launch"},
    },
)
_COLUMNS = (
    "request_id", "session_id", "call_type", "model", "provider", "plain(account_key)", "prompt_tokens",
    "completion_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "spend_usd", "cache_hit",
    "status", "client", "plain(tag_repository_key)", "plain(tag_branch_key)", "tag_issue", "tag_pull_request",
    "tag_commit", "started_at",
)  # fmt: skip
_EXPECTED = (
    "chatcmpl-1", "session-1", "acompletion", "anthropic/claude-sonnet-4-5", "anthropic", "ada@acme.example", 100,
    50, 60, 15, 5, Decimal("0.0425"), "None",
    "success", "claude-cli", "github.com/acme/shop", "feature/cart", "SHOP-12", 34,
    "0123abcd", datetime(2026, 2, 1, 9, 0, 0, 250000),
)  # fmt: skip


def _as_logger(row: dict[str, Any]) -> dict[str, Any]:
    """As the loggers write it: lists and objects as JSON in a string."""
    return {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in row.items()}


def _as_copy(row: dict[str, Any]) -> str:
    """As `COPY … TO STDOUT WITH CSV HEADER` of PostgreSQL writes it."""
    written = _as_logger(row)
    return csv_text(list(written), list(written.values()))


def _as_parquet(row: dict[str, Any], folder: Path, *, nested: bool) -> bytes:
    path = folder / "made.parquet"
    (folder / "made.json").write_text(json.dumps(row if nested else _as_logger(row)))
    with duckdb.connect() as connection:
        connection.execute(
            f'copy (select * replace (spend::double as spend, "startTime"::timestamptz as "startTime")'
            f" from read_json('{folder / 'made.json'}')) to '{path}' (format parquet)"
        )
    return path.read_bytes()


_FORMS = [
    "rows.jsonl", "twice.json", "logger.jsonl", "one.json", "printed.json", "array.json", "printed_array.jsonl",
    "page.json", "printed_page.json", "copy.csv", "crlf.csv", "marked.csv", "packed.csv.gz", "packed.json.zst",
    "nested.parquet", "texts.parquet",
]  # fmt: skip


def _forms(folder: Path) -> dict[str, str | bytes]:
    """The same row in a file of every form."""
    return {
        "rows.jsonl": json_lines([_FULL]),
        "twice.json": json_lines([_FULL, _FULL]),
        "logger.jsonl": json_lines([_as_logger(_FULL)]),
        "one.json": json.dumps(_FULL),
        "printed.json": json.dumps(_FULL, indent=2),
        "array.json": json.dumps([_FULL]),
        "printed_array.jsonl": json.dumps([_FULL], indent=1),
        "page.json": json.dumps({"data": [_FULL], "total": 1, "page": 1, "page_size": 1000, "total_pages": 1}),
        "printed_page.json": json.dumps({"data": [_FULL], "total": 1}, indent=2),
        "copy.csv": _as_copy(_FULL),
        "crlf.csv": _as_copy(_FULL).replace("\n", "\r\n"),
        "marked.csv": "\ufeff" + _as_copy(_FULL),
        "packed.csv.gz": gzip.compress(_as_copy(_FULL).encode()),
        "packed.json.zst": zstandard.compress(json.dumps([_FULL]).encode()),
        "nested.parquet": _as_parquet(_FULL, folder, nested=True),
        "texts.parquet": _as_parquet(_FULL, folder, nested=False),
    }


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    zone = Zone(tmp_path_factory.mktemp("forms"))
    for name, content in _forms(zone.folder).items():
        zone.put(f"litellm/{name}", content)
    zone.load()
    yield zone
    zone.close()


@pytest.mark.parametrize("name", _FORMS)
def test_a_row_means_the_same_in_every_form(forms: Zone, name: str) -> None:
    assert forms.row("litellm_requests", *_COLUMNS, file=f"litellm/{name}") == _EXPECTED


def test_all_forms_balance(forms: Zone) -> None:
    assert forms.quarantine() == []
    assert forms.ledger("litellm/twice.json") == [(2, 1, 1, 0, 0)]
    assert forms.ledger("litellm/copy.csv") == [(2, 1, 0, 1, 0)]
    assert forms.ledger("litellm/nested.parquet") == [(1, 1, 0, 0, 0)]
    assert forms.ask("select count(*) from audit.loads") == [(len(_FORMS),)]
    forms.assert_balanced()


def test_columns_that_nobody_reads_are_reported(forms: Zone) -> None:
    reported = forms.ask("select distinct unread_columns from audit.loads where unread_columns is not null")

    assert reported == [(["endTime", "messages", "response", "total_tokens"],)]


def test_a_page_of_thousands_on_a_single_line_is_a_page(zone: Zone) -> None:
    page = {"data": [spend_log(n) for n in range(1, 200)], "total": 199}
    zone.put("litellm/page.json", json.dumps(page) + "\n\n")
    zone.put("litellm/empty_page.json", json.dumps({"data": [], "total": 0}))

    zone.load()

    assert zone.ledger("litellm/page.json") == [(199, 199, 0, 0, 0)]
    assert zone.ledger("litellm/empty_page.json") == [(0, 0, 0, 0, 0)]


def test_spend_is_dollars_and_keeps_its_last_digits(zone: Zone) -> None:
    spends = [0, 1e-05, 0.0123456789, "0.1", -0.5, 123.45, None, 1_000_001]
    zone.put("litellm/a.jsonl", json_lines(spend_log(n, spend=spend) for n, spend in enumerate(spends)))

    zone.load()

    assert zone.rows("litellm_requests", "request_id", "spend_usd") == [
        ("chatcmpl-0", Decimal(0)),
        ("chatcmpl-1", Decimal("0.00001")),
        ("chatcmpl-2", Decimal("0.0123456789")),
        ("chatcmpl-3", Decimal("0.1")),
        ("chatcmpl-4", Decimal("-0.5")),
        ("chatcmpl-5", Decimal("123.45")),
        ("chatcmpl-6", None),
    ]
    assert zone.reasons() == [(8, "spend_usd is not an amount of dollars up to a million")]


def test_the_account_is_the_key_s_owner_else_the_key(zone: Zone) -> None:
    key = "ab" * 32
    rows: list[tuple[dict[str, Any], str | None]] = [
        ({"user": "Ada@Acme.example"}, "ada@acme.example"),
        ({"user": "", "metadata": {"user_api_key_user_id": "ada", "user_api_key_alias": "key"}}, "ada"),
        ({"user": None, "metadata": {"user_api_key_alias": "key of ada"}}, "key of ada"),
        ({"user": "", "metadata": {"user_api_key_user_id": "", "user_api_key_alias": "key of ben"}}, "key of ben"),
        ({"user": "  ", "metadata": {}, "api_key": key}, key),
        ({"user": "", "metadata": {}, "api_key": key}, key),
        ({"user": "", "metadata": "no json at all", "api_key": ""}, None),
    ]
    zone.put("litellm/a.jsonl", json_lines(spend_log(n, **row) for n, (row, _) in enumerate(rows)))

    zone.load()

    assert zone.rows("litellm_requests", "request_id", "plain(account_key)") == [
        (f"chatcmpl-{n}", account) for n, (_, account) in enumerate(rows)
    ]


def test_cached_tokens_stand_in_two_places(zone: Zone) -> None:
    usages: list[tuple[object, int | None, int | None]] = [
        ({"prompt_tokens_details": {"cached_tokens": 7, "cache_creation_tokens": 8}}, 7, 8),
        ({"cache_read_input_tokens": 5, "prompt_tokens_details": {"cached_tokens": 7}}, 5, None),
        ({}, None, None),
    ]
    rows = [spend_log(n, metadata={"usage_object": usage}) for n, (usage, _, _) in enumerate(usages)]
    zone.put("litellm/a.jsonl", json_lines(rows))

    zone.load()

    assert zone.rows("litellm_requests", "request_id", "cache_read_tokens", "cache_write_tokens") == [
        (f"chatcmpl-{n}", read, written) for n, (_, read, written) in enumerate(usages)
    ]


def test_tags_are_read_from_metadata_too(zone: Zone) -> None:
    said = {"Repository": "acme/shop", "PULL_REQUEST": 34, "git_branch": "main", "sha": "0123abcd", "jira": "SHOP-1"}
    metadata = [
        {key: form} for key in ("spend_logs_metadata", "requester_metadata") for form in (said, json.dumps(said))
    ]
    zone.put("litellm/a.jsonl", json_lines(spend_log(n, request_tags=[], metadata=m) for n, m in enumerate(metadata)))

    zone.load()

    columns = ("plain(tag_repository_key)", "tag_pull_request", "plain(tag_branch_key)", "tag_commit", "tag_issue")
    assert zone.rows("litellm_requests", *columns) == [("acme/shop", 34, "main", "0123abcd", "SHOP-1")] * 4


def test_a_row_without_id_time_or_counters_is_quarantined(zone: Zone) -> None:
    rows = [
        spend_log(1, request_id=None),
        spend_log(2, startTime=""),
        spend_log(3, prompt_tokens=None),
        spend_log(4, completion_tokens="fifty"),
        spend_log(5, prompt_tokens=2_000_000_000),
        spend_log(6, completion_tokens={"count": 5}),
        {"id": 7},
    ]
    zone.put("litellm/a.jsonl", json_lines(rows))

    zone.load()

    tokens = "is not a number of tokens from 0 to 1,000,000,000"
    assert zone.reasons() == [
        (1, "request_id is missing"),
        (2, "started_at is missing"),
        (3, "prompt_tokens is missing"),
        (4, f"completion_tokens {tokens}"),
        (5, f"prompt_tokens {tokens}"),
        (6, f"completion_tokens {tokens}"),
        (7, "it is no row of LiteLLM_SpendLogs"),
    ]
    assert zone.ledger() == [(7, 0, 0, 0, 7)]


def test_what_was_said_is_read_into_no_column(zone: Zone) -> None:
    zone.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    zone.put("litellm/b.csv", _as_copy(spend_log(2)))

    zone.load()

    for words in (PROMPT, ANSWER):
        assert words not in str(zone.everything())
    assert len(zone.rows("litellm_requests", "request_id")) == 2


def test_a_changed_word_for_a_tag_is_honoured_by_what_was_loaded_before(zone: Zone) -> None:
    zone.put("litellm/a.jsonl", json_lines([spend_log(1, request_tags=["story:SHOP-9"])]))
    zone.load()
    assert zone.row("litellm_requests", "tag_issue") is None

    zone.set(tag_words={"issue": ["story"]})
    zone.load()

    assert zone.row("litellm_requests", "tag_issue") == "SHOP-9"
