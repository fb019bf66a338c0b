"""FOCUS rows of every version: names that changed, NULL in words, tiny and negative amounts, rows that repeat."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.exports import csv_text
from tests.zone import Zone

_ROW = {
    "BillingAccountId": "acme",
    "BillingPeriodStart": "2026-01-01 00:00:00",
    "ChargePeriodStart": "2026-01-05T00:00:00Z",
    "ChargePeriodEnd": "2026-01-06T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "BilledCost": "0.00000080000",
    "EffectiveCost": "0",
    "ListCost": "0.00000080000",
    "ContractedCost": "NULL",
    "BillingCurrency": "USD",
    "ProviderName": "AWS",
    "ServiceCategory": "AI and Machine Learning",
    "SkuMeter": "USE1-claude-opus-5 input tokens",
    "Tags": '{"env": "dev", "CostCenter": "web"}',
}


def _export(*rows: dict[str, str]) -> str:
    return csv_text(list(rows[0]), *(list(row.values()) for row in rows))


def test_tiny_amounts_keep_their_digits_and_null_is_nothing(zone: Zone) -> None:
    zone.put("focus/a.csv", _export(_ROW))

    zone.load()

    columns = ("billing_period_start", "charge_period_start", "charge_class", "billed_cost", "contracted_cost")
    assert zone.row("focus_charges", *columns) == (
        datetime(2026, 1, 1), datetime(2026, 1, 5), None, Decimal("0.0000008"), None,
    )  # fmt: skip
    assert zone.row("focus_charges", "seller", "model", "cost_center") == ("AWS", "claude-opus-5", "web")


def test_rows_may_repeat_and_be_negative(zone: Zone) -> None:
    credit = _ROW | {"BilledCost": "-1.5", "ChargeCategory": "Credit"}
    zone.put("focus/a.csv", _export(_ROW, _ROW, credit))

    zone.load()

    assert zone.ask("select count(*), sum(billed_cost) from raw.focus_charges") == [(3, Decimal("-1.4999984"))]


def test_a_newer_version_names_the_provider_anew(zone: Zone) -> None:
    newer = {k: v for k, v in _ROW.items() if k != "ProviderName"}
    newer |= {"ServiceProviderName": "Anthropic", "HostProviderName": "AWS", "InvoiceId": "i-1", "x_Extra": "?"}
    zone.put("focus/deep/er/a.csv", _export(newer))

    zone.load()

    assert zone.row("focus_charges", "seller", "invoice") == ("Anthropic", "i-1")
    assert zone.ask("select unread_columns from audit.loads") == [(["HostProviderName", "x_Extra"],)]


def test_parquet_says_the_same(zone: Zone, tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    with duckdb.connect() as connection:
        columns = ", ".join(f"""'{value}' as "{name}\"""" for name, value in _ROW.items())
        connection.execute(
            f'copy (select * replace ("BilledCost"::decimal(38, 11) as "BilledCost",'
            f' "ChargePeriodStart"::timestamptz as "ChargePeriodStart") from (select {columns})) to \'{path}\''
        )
    zone.put("focus/a.parquet", path.read_bytes())

    zone.load()

    assert zone.row("focus_charges", "charge_period_start", "billed_cost") == (
        datetime(2026, 1, 5), Decimal("0.0000008"),
    )  # fmt: skip


def test_parts_of_an_export_have_its_name(zone: Zone) -> None:
    for name in ("acme-part-1", "acme_part2", "acme-00001", "acme", "acme-2026-01", "acme-2026-02"):
        zone.put(f"focus/{name}.csv", _export(_ROW))

    zone.load()

    names = sorted(name for (name,) in zone.rows("focus_charges", "export"))
    assert names == ["acme", "acme", "acme", "acme", "acme-2026-01", "acme-2026-02"]


def test_a_wrong_row_costs_that_row_only(zone: Zone) -> None:
    zone.put("focus/a.csv", _export(_ROW | {"BilledCost": "free"}, _ROW | {"BilledCost": ""}, _ROW))

    zone.load()

    assert len(zone.rows("focus_charges", "billed_cost")) == 1
    assert zone.reasons() == [
        (2, "billed_cost is not an amount of money up to a thousand millions"),
        (3, "it is no row of a FOCUS export"),
    ]
