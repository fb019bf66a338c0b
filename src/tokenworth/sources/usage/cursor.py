"""Cursor's team reports: what people did by day, what they spent in the cycle, who is a member, and commits.

Amounts are cents in fractions. Spend holds what the plan covers, and grows until the cycle ends. Lines added are
everything that was typed, and lines accepted miss what agents wrote: neither is a share of AI, so neither is read.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import (
    ACCOUNT,
    BRANCH,
    CONTAINER,
    COUNT,
    DAY,
    DOLLARS,
    FLAG,
    INSTANT,
    INSTANT_MILLISECONDS,
    SHA,
    TEXT,
)


def _dollars(cents: str) -> str:
    """SQL for dollars from cents; what is no number stays, so that it is complained of."""
    return f"coalesce(cast(try_cast({cents} as decimal(28, 12)) * 0.01 as varchar), {cents})"


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
                Column("spend_usd", DOLLARS, _dollars('s."spendCents"'), required=True),
                # What the plan covers; it is part of the spend.
                Column("included_usd", DOLLARS, _dollars('s."includedSpendCents"')),
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

SOURCE = Source(name="cursor", exports=[_DAILY, _SPEND, _MEMBERS, _COMMITS])
