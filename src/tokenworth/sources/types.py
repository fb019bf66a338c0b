"""The kinds of value an export can hold: how text becomes a value, and when it cannot.

Everything is read as text first, because an engine that casts while it reads turns what it
cannot read into an empty cell, and 12.6 tokens into 13. `{x}` stands for that text, never empty, and in `wrong`
`{v}` for the value that it was cast to.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    """A kind of value. `secret` names the vocabulary in which it gets a pseudonym at the door."""

    sql: str
    cast: str
    wrong: str
    complaint: str
    secret: str = ""
    many: bool = False


def _longer_than(characters: int) -> str:
    """Bytes are known, characters must be counted: only where there are more bytes."""
    return f"strlen({{x}}) > {characters} and length({{x}}) > {characters}"


def _number(largest: int, noun: str) -> Type:
    # "12.0" is how some exporters write 12; "12.6", "0x10" and "1_000" are not numbers of tokens.
    # Nearly all are written as the engine writes them, and then a second look at the text finds nothing.
    return Type(
        "BIGINT",
        "try_cast({x} as BIGINT)",
        f"coalesce({{v}} not between 0 and {largest}, true)"
        " or ({v}::VARCHAR <> {x} and (coalesce({v} <> try_cast({x} as DOUBLE), true) or contains({x}, '_')))",
        f"is not a number of {noun} from 0 to {largest:,}",
    )


# The largest context window on sale is far below; a larger figure is damage, and one such row
# would outweigh everything a company ever spent.
TOKENS = _number(1_000_000_000, "tokens")
COUNT = _number(1_000_000_000_000, "things")
NUMBER = _number(2**53, "a row")

# Through a number of eight bytes, which holds more than is allowed: to read a wider one takes four times as long.
DOLLARS = Type(
    "DECIMAL(20,10)",
    "try_cast({x} as DECIMAL(18,10))::DECIMAL(20,10)",
    "coalesce(abs({v}) > 1000000, true) or contains({x}, '_')",
    "is not an amount of dollars up to a million",
)

# What bills speak of: credits and hours in fractions, and amounts of any currency, some of them tiny.
QUANTITY = Type(
    "DECIMAL(28,10)",
    "try_cast({x} as DECIMAL(28,10))",
    "coalesce(abs(try_cast({x} as DECIMAL(28,10))) > 1000000000000, true) or contains({x}, '_')",
    "is not a quantity up to a million millions",
)
AMOUNT = Type(
    "DECIMAL(28,15)",
    "try_cast({x} as DECIMAL(28,15))",
    "coalesce(abs(try_cast({x} as DECIMAL(28,15))) > 1000000000, true) or contains({x}, '_')",
    "is not an amount of money up to a thousand millions",
)
# Money that arrives in cents, with or without a fraction, and is kept in dollars.
_IN_CENTS = "try_cast({x} as DECIMAL(18,8))"
CENTS = Type(
    "DECIMAL(20,10)",
    f"({_IN_CENTS} * 0.01::DECIMAL(2,2))::DECIMAL(20,10)",
    f"coalesce(abs({_IN_CENTS}) > 100000000, true) or contains({{x}}, '_')",
    "is not an amount of cents up to a million dollars",
)

_EARLIEST, _LATEST = "TIMESTAMP '2000-01-01'", "TIMESTAMP '2100-01-01'"


def _instant(cast: str, how: str) -> Type:
    return Type(
        "TIMESTAMP",
        cast,
        f"coalesce(not ({{v}} >= {_EARLIEST} and {{v}} < {_LATEST}), true)",
        f"is not {how} between the years 2000 and 2099",
    )


# A cast to TIMESTAMP would drop "+01:00" without a word; through TIMESTAMPTZ it is honoured, and
# a time without zone counts as UTC (the session's zone).
# To read a zone costs as much as parsing a line, and most exports write none but UTC's `Z`: without a sign behind
# the date there is no offset, and a zone's name is not taken by a cast to TIMESTAMP, but by the other.
INSTANT = _instant(
    "coalesce("
    "case when not contains({x}, '+') and not contains(substr({x}, 11), '-') then try_cast({x} as TIMESTAMP) end,"
    " try_cast({x} as TIMESTAMPTZ)::TIMESTAMP)",
    "a time",
)
INSTANT_SECONDS = _instant("make_timestamp(try_cast({x} as BIGINT) * 1000000)", "a time in seconds")
INSTANT_MILLISECONDS = _instant("make_timestamp(try_cast({x} as BIGINT) * 1000)", "a time in milliseconds")
INSTANT_NANOSECONDS = _instant("make_timestamp(try_cast({x} as BIGINT) // 1000)", "a time in nanoseconds")
DAY = Type(
    "DATE",
    "try_cast({x} as DATE)",
    "coalesce({v} not between DATE '1900-01-01' and DATE '9999-12-31', true)"
    " or not regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')",  # it would cut off what follows
    "is not a day written YYYY-MM-DD",
)

FLAG = Type("BOOLEAN", "try_cast({x} as BOOLEAN)", "{v} is null", "is neither true nor false")

# People write addresses into labels, tags and names of sessions, too; none may pass the door.
_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z][A-Za-z]+"
_WITHOUT = f"regexp_replace({{}}, '{_ADDRESS}', 'e-mail', 'g')"

TEXT = Type(
    "VARCHAR",
    f"case when contains({{x}}, '@') then {_WITHOUT.format('{x}')} else {{x}} end",
    _longer_than(1000),
    "is longer than 1,000 characters",
)

# What turns text around or hides it: control characters, and those that change the direction of writing. In the
# names that people read in charts, each is shown as what it is, something unreadable.
_UNREADABLE = "".join(map(chr, [*range(32), *range(127, 160), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F)]))
UNREADABLE = _UNREADABLE + "".join(map(chr, range(0x2066, 0x206A)))
UNREADABLE_PATTERN = r"[\x00-\x1f\x7f-\x9f\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"


_SHOWN = f"regexp_replace(%s, '{UNREADABLE_PATTERN}', '\ufffd', 'g')".replace("{", "{{").replace("}", "}}")
LABEL = Type(TEXT.sql, _SHOWN % TEXT.cast, TEXT.wrong, TEXT.complaint)
TEXTS = Type(
    "VARCHAR[]",
    f"case when contains(array_to_string({{x}}, ' '), '@')"
    f" then list_transform({{x}}, lambda t: {_WITHOUT.format('t')}) else {{x}} end",
    "len({x}) > 100000",
    "has more than 100,000 entries",
    many=True,
)
SHA = Type(
    "VARCHAR",
    "lower({x})",
    "not regexp_full_match({x}, '[0-9a-fA-F]{{7,64}}')",
    "is not the id of a commit",
)

# Pseudonyms: the text itself goes into identities.duckdb, its key into the warehouse.
ACCOUNT = Type("VARCHAR", "lower({x})", _longer_than(320), "is longer than any account", secret="account")
PERSON = Type("VARCHAR", "{x}", _longer_than(320), "is longer than any person's id", secret="person")
PERSON_NAME = Type("VARCHAR", "{x}", _longer_than(320), "is longer than any name", secret="person_name")
BRANCH = Type("VARCHAR", "{x}", _longer_than(1000), "is longer than any branch", secret="branch")
TITLE = Type("VARCHAR", "left({x}, 1000)", "false", "", secret="title")
PATH = Type("VARCHAR", "{x}", _longer_than(4096), "is longer than any path", secret="path")
CONTAINER = Type("VARCHAR", "lower({x})", _longer_than(1000), "is longer than any repository", secret="container")
