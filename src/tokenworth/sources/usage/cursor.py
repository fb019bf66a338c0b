"""Cursor: usage events, what people did by day, what they spent in the cycle, who is a member, and commits.

An event, of a page of the Admin API or the CSV of the dashboard, has no id. Its money is in cents in the pages and in
dollars in the CSV, is what Cursor's contract charges for (what a seat covers as well), and is reckoned again for a day,
also downwards: the latest extraction is right.

Elsewhere, too, amounts are cents in fractions. Spend holds what the plan covers, and grows until the cycle ends. Lines
added are everything that was typed, and lines accepted miss what agents wrote: neither is a share of AI, so neither is
read.
"""

from tokenworth.sources.declare import Column, Evidence, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CENTS,
    CONTAINER,
    COUNT,
    DAY,
    DOLLARS,
    FLAG,
    INSTANT,
    INSTANT_MILLISECONDS,
    SHA,
    TEXT,
    TOKENS,
)


def _usage_events(*columns: Column) -> Record:
    return Record(table="cursor_usage_events", key=["account_key", "occurred_at", "model"], columns=columns)


def _account(value: str) -> Column:
    return Column("account_key", ACCOUNT, value, required=True, system="cursor")


_EVENT_PAGES = Export(
    files="cursor/usage_events/*.{json,jsonl}",
    noun="usage event of Cursor",
    unwrap=["usageEvents"],
    fields={
        "timestamp": T,
        "userEmail": T,
        "model": T,
        "kind": T,
        "maxMode": T,
        "tokenUsage": {
            "inputTokens": T,
            "outputTokens": T,
            "cacheWriteTokens": T,
            "cacheReadTokens": T,
            "totalCents": T,
        },
        "chargedCents": T,
        "cursorTokenFee": T,
    },
    recognised='(r.timestamp is not null and r."userEmail" is not null)',
    records=[
        _usage_events(
            _account('r."userEmail"'),
            Column("model", TEXT, "r.model"),
            Column("kind", TEXT, "r.kind"),
            Column("is_max_mode", FLAG, 'r."maxMode"'),
            Column("input_tokens", TOKENS, 'r."tokenUsage"."inputTokens"'),
            Column("cache_write_tokens", TOKENS, 'r."tokenUsage"."cacheWriteTokens"'),
            Column("cache_read_tokens", TOKENS, 'r."tokenUsage"."cacheReadTokens"'),
            Column("output_tokens", TOKENS, 'r."tokenUsage"."outputTokens"'),
            Column("token_cost_usd", CENTS, 'r."tokenUsage"."totalCents"'),
            Column("charged_usd", CENTS, 'r."chargedCents"'),
            Column("fee_usd", CENTS, 'r."cursorTokenFee"'),
            Column("is_from_dashboard", FLAG, "'false'"),
            Column(
                "occurred_at",
                INSTANT,
                "coalesce(make_timestamp(try_cast(r.timestamp as BIGINT) * 1000)::VARCHAR, r.timestamp)",
                required=True,
            ),
        )
    ],
)

_EVENT_CSV = Export(
    files="cursor/usage_events/*.csv",
    noun="row of Cursor's usage CSV",
    fields=dict.fromkeys(
        (
            "Date",
            "User",
            "Kind",
            "Model",
            "Max Mode",
            "Input (w/ Cache Write)",
            "Input (w/o Cache Write)",
            "Cache Read",
            "Output Tokens",
            "Total Tokens",
            "Cost",
        ),
        T,
    ),
    recognised='(r."Date" is not null and r."User" is not null)',
    records=[
        _usage_events(
            _account('r."User"'),
            # What the pages call `default` is `auto` here.
            Column("model", TEXT, "case when r.\"Model\" = 'auto' then 'default' else r.\"Model\" end"),
            Column("kind", TEXT, 'r."Kind"'),
            Column("is_max_mode", FLAG, 'r."Max Mode"'),
            Column("input_tokens", TOKENS, 'r."Input (w/o Cache Write)"'),
            Column("cache_write_tokens", TOKENS, 'r."Input (w/ Cache Write)"'),
            Column("cache_read_tokens", TOKENS, 'r."Cache Read"'),
            Column("output_tokens", TOKENS, 'r."Output Tokens"'),
            # `Included` and `-` say that nothing was charged apart, not how much it was worth.
            Column(
                "charged_usd",
                DOLLARS,
                "case when regexp_matches(r.\"Cost\", '[0-9]') then ltrim(r.\"Cost\", '$') end",
            ),
            Column("is_from_dashboard", FLAG, "'true'"),
            Column("occurred_at", INSTANT, 'r."Date"', required=True),
        )
    ],
)

_DAILY = Export(
    files="cursor/daily_usage/*.json",
    noun="row of Cursor's daily usage",
    unwrap=["data"],
    fields=dict.fromkeys(
        ("date", "day", "email", "userId", "isActive", "composerRequests", "chatRequests", "agentRequests",
         "cmdkUsages", "bugbotUsages", "subscriptionIncludedReqs", "apiKeyReqs", "usageBasedReqs", "mostUsedModel"),
        T,
    ),
    recognised='((r.email is not null or r."userId" is not null) and coalesce(r.day, r.date) is not null)',
    records=[
        Record(
            table="cursor_days",
            key=["used_on", "account_key"],
            columns=[
                Column(
                    "used_on",
                    DAY,
                    "coalesce(r.day, strftime(make_timestamp(try_cast(r.date as bigint) * 1000), '%Y-%m-%d'), r.date)",
                    required=True,
                ),
                Column("account_key", ACCOUNT, 'coalesce(r.email, r."userId")', required=True, system="cursor"),
                Column("is_active", FLAG, 'r."isActive"'),
                Column("composer_requests", COUNT, 'r."composerRequests"'),
                Column("chat_requests", COUNT, 'r."chatRequests"'),
                Column("agent_requests", COUNT, 'r."agentRequests"'),
                Column("included_requests", COUNT, 'r."subscriptionIncludedReqs"'),
                Column("api_key_requests", COUNT, 'r."apiKeyReqs"'),
                Column("usage_based_requests", COUNT, 'r."usageBasedReqs"'),
            ],
        )
    ],
)  # fmt: skip

_SPEND = Export(
    files="cursor/spend/*.json",
    noun="page of Cursor's spend",
    fields={
        "subscriptionCycleStart": T,
        "teamMemberSpend": [
            {"userId": T, "email": T, "role": T, "spendCents": T, "includedSpendCents": T, "fastPremiumRequests": T}
        ],
    },
    units='select origin, r."subscriptionCycleStart" as cycle, unnest(each(r."teamMemberSpend")) as s from records',
    recognised='(r."teamMemberSpend" is not null)',
    records=[
        Record(
            table="cursor_spend",
            key=["cycle_began_at", "account_key"],
            where="s is not null",
            columns=[
                Column("cycle_began_at", INSTANT_MILLISECONDS, "cycle", required=True),
                Column("account_key", ACCOUNT, 'coalesce(s.email, s."userId")', required=True, system="cursor"),
                Column("role", TEXT, "s.role"),
                Column("spend_usd", CENTS, 's."spendCents"', required=True),
                # What the plan covers; it is part of the spend.
                Column("included_usd", CENTS, 's."includedSpendCents"'),
            ],
        )
    ],
)

_MEMBERS = Export(
    files="cursor/members/*.json",
    noun="member of a Cursor team",
    unwrap=["teamMembers"],
    fields={"id": T, "email": T, "role": T, "isRemoved": T},
    recognised="(r.email is not null or r.id is not null)",
    records=[
        Record(
            table="cursor_members",
            key=["account_key"],
            columns=[
                Column("account_key", ACCOUNT, "coalesce(r.email, r.id)", required=True, system="cursor"),
                Column("role", TEXT, "r.role"),
                Column("is_removed", FLAG, 'r."isRemoved"'),
            ],
        )
    ],
)

_COMMITS = Export(
    files="cursor/commits/*.json",
    noun="commit that Cursor saw",
    unwrap=["items"],
    fields=dict.fromkeys(
        ("commitHash", "userId", "userEmail", "repoName", "branchName", "totalLinesAdded", "tabLinesAdded",
         "composerLinesAdded", "nonAiLinesAdded", "commitTs"),
        T,
    ),
    recognised='(r."commitHash" is not null)',
    records=[
        Record(
            table="cursor_commits",
            key=["commit_sha", "account_key"],
            columns=[
                Column("commit_sha", SHA, 'r."commitHash"', required=True),
                Column("account_key", ACCOUNT, 'coalesce(r."userEmail", r."userId")', system="cursor"),
                Column("repository_key", CONTAINER, 'repository_name(r."repoName")'),
                Column("branch_key", BRANCH, 'r."branchName"'),
                Column("lines_added", COUNT, 'r."totalLinesAdded"'),
                Column("tab_lines_added", COUNT, 'r."tabLinesAdded"'),
                Column("composer_lines_added", COUNT, 'r."composerLinesAdded"'),
                # Neither is what is left a person's: a squash merge lands here whole.
                Column("other_lines_added", COUNT, 'r."nonAiLinesAdded"'),
                Column("committed_at", INSTANT, 'r."commitTs"'),
            ],
        )
    ],
)  # fmt: skip

SOURCE = Source(
    name="cursor",
    usage={"stg_cursor__usage_events": Evidence.VENDOR_LOG},
    exports=[_EVENT_PAGES, _EVENT_CSV, _DAILY, _SPEND, _MEMBERS, _COMMITS],
)
