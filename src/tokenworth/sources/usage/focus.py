"""FOCUS cost and usage rows, 1.0 to 1.4: the invoice, in the words that all clouds share.

Rows have no id and may repeat. A later export of a billing period replaces the period; a correction in it speaks of
an earlier charge period. `NULL` is often written out. 1.3 names the provider anew, and 1.4 drops the old names.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import AMOUNT, INSTANT, QUANTITY, TEXT

_NAMES = (
    "BillingAccountId", "SubAccountId", "InvoiceId", "BillingPeriodStart", "BillingPeriodEnd",
    "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeFrequency",
    "ChargeDescription", "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "BillingCurrency",
    "ConsumedQuantity", "ConsumedUnit", "SkuId", "SkuMeter", "ServiceName", "ServiceCategory",
    "ServiceSubcategory", "ProviderName", "PublisherName", "InvoiceIssuerName", "ServiceProviderName",
    "ResourceId", "ResourceName", "RegionId", "Tags", "AllocatedTags",
)  # fmt: skip


def _f(*names: str) -> str:
    """The first of these columns that says something."""
    said = ", ".join(f"nullif(nullif(r.\"{name}\", ''), 'NULL')" for name in names)
    return f"coalesce({said})"


def _text(column: str, *names: str) -> Column:
    return Column(column, TEXT, _f(*names))


# A model is named in some exports' meters, resources or descriptions, and nowhere else.
_MODEL = r"((?:claude|gpt|codex|gemini|llama|mistral|deepseek|nova|grok)[- ][a-z0-9][a-z0-9.:-]*(?: [0-9][0-9.]*)?)"
_WORDS = ("SkuMeter", "ResourceName", "ResourceId", "ChargeDescription")
_SAID = f"lower(concat_ws(' | ', {', '.join(map(_f, _WORDS))}))"

_PART = r"(?i)[-_.]?part[-_.]?\d+.*$|[-_.]0\d{3,5}$"
_TAGS = f"concat_ws(',', {_f('AllocatedTags')}, {_f('Tags')})"
_COST_CENTER = (
    f"""nullif(regexp_extract({_TAGS}, '(?i)"(?:user[:_])?cost[ _-]?cent(?:er|re)"\\s*:\\s*"([^"]+)"', 1), '')"""
)

SOURCE = Source(
    name="focus",
    exports=[
        Export(
            files="focus/**/{file}.{csv,parquet}",
            noun="row of a FOCUS export",
            fields=dict.fromkeys(_NAMES, T),
            recognised='(r."BilledCost" is not null and r."ChargePeriodStart" is not null)',
            repeats=True,
            records=[
                Record(
                    table="focus_charges",
                    key=["billing_account", "billing_period_start", "charge_period_start", "sku_id", "billed_cost"],
                    columns=[
                        # Files that differ by the number of a part only are one export.
                        Column("export", TEXT, f"regexp_replace(f.file, '{_PART}', '')"),
                        _text("billing_account", "BillingAccountId"),
                        _text("sub_account", "SubAccountId"),
                        _text("invoice", "InvoiceId"),
                        Column("billing_period_start", INSTANT, _f("BillingPeriodStart"), required=True),
                        Column("billing_period_end", INSTANT, _f("BillingPeriodEnd")),
                        Column("charge_period_start", INSTANT, _f("ChargePeriodStart"), required=True),
                        Column("charge_period_end", INSTANT, _f("ChargePeriodEnd")),
                        _text("charge_category", "ChargeCategory"),
                        _text("charge_class", "ChargeClass"),
                        _text("charge_frequency", "ChargeFrequency"),
                        Column("billed_cost", AMOUNT, _f("BilledCost"), required=True),
                        Column("effective_cost", AMOUNT, _f("EffectiveCost")),
                        Column("list_cost", AMOUNT, _f("ListCost")),
                        Column("contracted_cost", AMOUNT, _f("ContractedCost")),
                        _text("currency", "BillingCurrency"),
                        Column("consumed_quantity", QUANTITY, _f("ConsumedQuantity")),
                        _text("consumed_unit", "ConsumedUnit"),
                        _text("sku_id", "SkuId"),
                        _text("service", "ServiceName"),
                        _text("service_category", "ServiceCategory"),
                        _text("service_subcategory", "ServiceSubcategory"),
                        _text("seller", "ServiceProviderName", "ProviderName", "PublisherName"),
                        _text("invoice_issuer", "InvoiceIssuerName"),
                        _text("region", "RegionId"),
                        Column("model", TEXT, f"nullif(regexp_extract({_SAID}, '{_MODEL}', 1), '')"),
                        Column("cost_center", TEXT, _COST_CENTER),
                    ],
                )
            ],
        )
    ],
)
