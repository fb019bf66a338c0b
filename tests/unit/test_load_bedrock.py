"""Bedrock invocation logs: what S3 holds, and what a company wrote on its calls."""

from __future__ import annotations

import gzip
import json
from datetime import datetime

import pytest

from tests.exports import ANSWER, PROMPT, bedrock_invocation, json_lines
from tests.zone import Zone

_FOLDER = "bedrock/AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/02/01/10"


def test_a_call_is_kept_field_by_field(zone: Zone) -> None:
    zone.put(f"{_FOLDER}/a.json", json.dumps(bedrock_invocation(inferenceRegion="us-west-2"), indent=1))

    zone.load()

    columns = (
        "request_id", "response_id", "plain(account_key)", "provider", "model", "operation", "region",
        "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "occurred_at",
    )  # fmt: skip
    assert zone.row("bedrock_invocations", *columns) == (
        "request-1", "msg_bdrk_1", "ada@acme.example", "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "InvokeModel", "us-west-2", 4, 900, 100, 38, datetime(2026, 2, 1, 10),
    )  # fmt: skip
    assert zone.row("bedrock_invocations", "plain(tag_repository_key)", "tag_issue") == ("acme/shop", "SHOP-1")
    everything = str(zone.everything())
    assert PROMPT not in everything
    assert ANSWER not in everything


def test_lines_documents_and_gzip_are_read(zone: Zone) -> None:
    lines = json_lines(bedrock_invocation(n) for n in (1, 2, 3))
    zone.put(f"{_FOLDER}/lines.json.gz", gzip.compress(lines.encode()))
    zone.put(f"{_FOLDER}/one.json", json.dumps(bedrock_invocation(4)))
    zone.put("bedrock/array.json", json.dumps([bedrock_invocation(5), bedrock_invocation(6)]))

    zone.load()

    assert zone.rows("bedrock_invocations", "request_id") == [(f"request-{n}",) for n in range(1, 7)]
    zone.assert_balanced()


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        ("arn:aws:iam::111122223333:user/user-a", "user-a"),
        ("arn:aws:iam::111122223333:user/team/user-a", "user-a"),
        ("arn:aws:sts::111122223333:assumed-role/Developers/Ada@acme.example", "ada@acme.example"),
    ],
)
def test_an_account_is_the_last_part_of_its_arn(zone: Zone, arn: str, account: str) -> None:
    zone.put(f"{_FOLDER}/a.json", json.dumps(bedrock_invocation(identity={"arn": arn})))
    zone.load()
    assert zone.row("bedrock_invocations", "plain(account_key)") == account


def test_calls_that_count_no_tokens_are_ignored_and_wrong_ones_refused(zone: Zone) -> None:
    failed = bedrock_invocation(1, errorCode="ThrottlingException", input={}, output={})
    image = bedrock_invocation(2, input={}, output={})
    other = bedrock_invocation(3, schemaType="ModelInvocationTest")
    wrong = bedrock_invocation(4, input={"inputTokenCount": -4})
    stream = bedrock_invocation(
        5, output={"outputTokenCount": 2, "outputBodyJson": [{"message": {"id": "msg_bdrk_5"}}]}
    )
    body = {"messages": []}
    zone.put(f"{_FOLDER}/a.json", json_lines([failed, image, other, wrong, stream, body]))

    zone.load()

    assert zone.rows("bedrock_invocations", "request_id", "response_id") == [("request-5", "msg_bdrk_5")]
    assert zone.ledger() == [(6, 1, 0, 3, 2)]
    assert zone.reasons() == [
        (4, "input_tokens is not a number of tokens from 0 to 1,000,000,000"),
        (6, "it is no Bedrock model invocation log"),
    ]
