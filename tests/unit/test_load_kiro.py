"""Kiro's and Q Developer's reports: columns that come, go and change places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.exports import csv_text
from tests.zone import Zone


def test_a_new_model_brings_a_column_of_its_own(zone: Zone) -> None:
    header = ["UserId", "Date", "Client_Type", "Credits_Used", "Overage_Credits_Used", "Subscription_Tier",
              "Total_Messages", "claude_opus_4.8_messages", "auto_messages", "new_thing_messages"]  # fmt: skip
    zone.put(
        "kiro/a.csv", csv_text(header, ["d-1.guid", "2026-10-07", "KIRO_IDE", "12.35", "0.5", "PRO", 37, 12, 20, 0])
    )

    zone.load()

    columns = ("used_on", "plain(account_key)", "client_type", "plan", "messages", "credits", "overage_credits")
    assert zone.rows("kiro_user_days", *columns) == [
        (date(2026, 10, 7), "d-1.guid", "KIRO_IDE", "PRO", 37, Decimal("12.35"), Decimal("0.5"))
    ]
    assert zone.rows("kiro_model_days", "model", "messages") == [("auto", 20), ("claude_opus_4.8", 12)]
    assert zone.ask("select unread_columns from audit.loads") == [([],)]


def test_names_of_columns_may_be_spelled_otherwise(zone: Zone) -> None:
    zone.put("kiro/a.csv", csv_text(["DATE", "user id", "Total Messages", "Auto Messages", "e-mail"],
                                    ["2026-10-07", "ada", "3", "2", "x"]))  # fmt: skip

    zone.load()

    assert zone.row("kiro_user_days", "plain(account_key)", "messages") == ("ada", 3)
    assert zone.row("kiro_model_days", "model", "messages") == ("auto", 2)
    assert zone.ask("select unread_columns from audit.loads") == [(["e-mail"],)]


def test_a_wrong_count_costs_the_row(zone: Zone) -> None:
    header = ["Date", "UserId", "Total_Messages", "auto_messages"]
    zone.put("kiro/a.csv", csv_text(header, ["2026-10-07", "ada", "3", "1.5"], ["2026-10-07", "ben", "3", "3"]))

    zone.load()

    assert zone.rows("kiro_user_days", "plain(account_key)") == [("ben",)]
    assert zone.reasons() == [(2, "messages is not a number of things from 0 to 1,000,000,000,000")]


def test_q_developer_is_counted_in_what_was_asked(zone: Zone) -> None:
    header = ["UserId", "Date", "Chat_MessagesSent", "Chat_AICodeLines", "Inline_SuggestionsCount"]
    zone.put("q_developer/a.csv", csv_text(header, ["ada", "2025-06-23", "7", "900", "4"]))
    zone.put("q_developer/b.csv", csv_text(["Date", "UserId", "Dev_GenerationEventCount"], ["06-24-2025", "ada", "1"]))

    zone.load()

    columns = ("used_on", "chat_messagessent", "inline_suggestionscount", "dev_generationeventcount")
    assert zone.rows("q_developer_user_days", *columns) == [
        (date(2025, 6, 23), 7, 4, None),
        (date(2025, 6, 24), None, None, 1),
    ]
