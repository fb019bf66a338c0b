"""Amazon Q Developer's report by user and day: counts of what was asked and accepted, no tokens.

Its columns drift: they are found by name, and those that a report does not have count nothing. A user is a
directory's id.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, COUNT, DAY

# What somebody asked for; what was generated, accepted or rejected then are answers.
_ASKED = (
    "Chat_MessagesSent",
    "Inline_SuggestionsCount",
    "InlineChat_TotalEventCount",
    "Dev_GenerationEventCount",
    "CodeFix_GenerationEventCount",
    "CodeReview_SucceededEventCount",
    "CodeReview_FailedEventCount",
    "DocGeneration_EventCount",
    "TestGeneration_EventCount",
    "Transformation_EventCount",
)

SOURCE = Source(
    name="q_developer",
    exports=[
        Export(
            files="q_developer/**/*.csv",
            noun="row of a Q Developer report",
            fields={"Date": T, "UserId": T, **dict.fromkeys(_ASKED, T)},
            recognised='(r."UserId" is not null or r."Date" is not null)',
            records=[
                Record(
                    table="q_developer_user_days",
                    key=["used_on", "account_key"],
                    columns=[
                        # Older reports write 06-23-2025.
                        Column(
                            "used_on",
                            DAY,
                            "regexp_replace(r.\"Date\", '^(\\d{2})-(\\d{2})-(\\d{4})$', '\\3-\\1-\\2')",
                            required=True,
                        ),
                        Column("account_key", ACCOUNT, 'r."UserId"', required=True, system="q_developer"),
                        *(Column(name.lower(), COUNT, f'r."{name}"') for name in _ASKED),
                    ],
                )
            ],
        )
    ],
)
