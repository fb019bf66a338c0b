"""Kiro's daily report: messages by model and credits, no tokens.

Its columns drift: a new model brings a column of its own, and `New_User` comes and goes, so columns are found by
their names. The same day may be exported again.
"""

from tokenworth.sources.declare import OF_EACH, Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, COUNT, DAY, FLAG, QUANTITY, TEXT

SOURCE = Source(
    name="kiro",
    exports=[
        Export(
            files="kiro/**/*.csv",
            noun="row of a Kiro user report",
            fields={
                **dict.fromkeys(
                    ("Date", "UserId", "Email", "Client_Type", "Chat_Conversations", "Credits_Used", "Overage_Cap",
                     "Overage_Credits_Used", "Overage_Enabled", "ProfileId", "Subscription_Tier", "Total_Messages",
                     "New_User"),
                    T,
                ),
                "*_messages": OF_EACH,
            },
            recognised='(r."UserId" is not null or r."Date" is not null)',
            records=[
                Record(
                    table="kiro_user_days",
                    key=["used_on", "account_key", "client_type", "profile_id"],
                    columns=[
                        Column("used_on", DAY, 'r."Date"', required=True),
                        Column("account_key", ACCOUNT, 'coalesce(r."Email", r."UserId")', required=True,
                               system="kiro"),
                        Column("client_type", TEXT, 'r."Client_Type"'),
                        Column("profile_id", TEXT, 'r."ProfileId"'),
                        Column("plan", TEXT, 'r."Subscription_Tier"'),
                        Column("conversations", COUNT, 'r."Chat_Conversations"'),
                        Column("messages", COUNT, 'r."Total_Messages"'),
                        Column("credits", QUANTITY, 'r."Credits_Used"'),
                        Column("overage_credits", QUANTITY, 'r."Overage_Credits_Used"'),
                        Column("overage_enabled", FLAG, 'r."Overage_Enabled"'),
                    ],
                ),
                Record(
                    table="kiro_model_days",
                    key=["used_on", "account_key", "client_type", "profile_id", "model"],
                    each="""list_filter(r."*_messages", lambda m: coalesce(m.cell, '0') <> '0')""",
                    columns=[
                        Column("used_on", DAY, 'r."Date"', required=True),
                        Column("account_key", ACCOUNT, 'coalesce(r."Email", r."UserId")', required=True,
                               system="kiro"),
                        Column("client_type", TEXT, 'r."Client_Type"'),
                        Column("profile_id", TEXT, 'r."ProfileId"'),
                        Column("model", TEXT, "regexp_replace(c.name, '[\\s_]messages$', '')", required=True),
                        Column("messages", COUNT, "c.cell", required=True),
                    ],
                ),
            ],
        )
    ],
)  # fmt: skip
