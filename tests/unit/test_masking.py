"""Which names the warehouse may know: no login in branches, folders, files, repositories and titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.zone import Zone
from tokenworth.identities import Pseudonyms
from tokenworth.masking import refresh_names
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer

LOGINS = [
    ("account", "ada"),
    ("account", "ben.kestrel@acme.example"),
    ("account", "jo"),
    ("account", "1234567"),
    ("account", "josé"),
    ("account", "ürgen"),
    ("account", "_cyd_"),
    ("account", "ent"),
    ("account", "acme\\dora"),
    ("account", "12345+emil@users.noreply.github.com"),
    ("account", "mary-lou"),
    ("account", "mary"),
    ("account", "main"),
    ("account", "dev"),
    ("person", "P-77"),
    ("person_name", "Ada"),
    ("person_name", "Gwen Harrow"),
]

# What a name becomes; `{ada}` is the pseudonym of that login.
NAMES = {
    "branch": {
        "ada/cart": "{ada}/cart",
        "feature/ADA-cart": "feature/{ada}-cart",
        "fix_ada_cart": "fix_{ada}_cart",
        "ada": "{ada}",
        "ada/ada/ada-ada": "{ada}/{ada}/{ada}-{ada}",
        "adaptive/canada": "adaptive/canada",
        "ada-2fa": "{ada}-2fa",
        # the key of a project, not a person's login
        "ent-221-cart": "ent-221-cart",
        "x/ENT-221": "x/ENT-221",
        "ent/ent-221": "{ent}/ent-221",
        "ent-cart": "{ent}-cart",
        "ent-22b": "{ent}-22b",
        # words that name nobody, even where someone is called so
        "main": "main",
        "dev/cart": "dev/cart",
        "ben.kestrel/cart": "{ben.kestrel@acme.example}/cart",
        "for-ben.kestrel@acme.example": "for-{ben.kestrel@acme.example}@acme.example",
        "for-someone@elsewhere.example": "e-mail",
        "gwen-harrow/cart": "{Gwen Harrow}/cart",
        "gwen/harrow": "gwen/harrow",
        "josé/cart": "{josé}/cart",
        "x-ürgen-y": "x-{ürgen}-y",
        "cyd/cart": "{_cyd_}/cart",
        "dora/cart": "{acme\\dora}/cart",
        "emil/cart": "{12345+emil@users.noreply.github.com}/cart",
        "mary-lou/cart": "{mary-lou}/cart",
        "mary/lou": "{mary}/lou",
        "p-77/cart": "{P-77}/cart",
        # initials and numbers stand for much else
        "jo/cart": "jo/cart",
        "issue-1234567": "issue-1234567",
    },
    "path": {
        "/home/ada/shop": "/home/{ada}/shop",
        "/Users/jo/shop": "/Users/{jo}/shop",
        "/home/1234567/shop": "/home/{1234567}/shop",
        "C:\\Users\\Hans\\shop": "C:\\Users\\{hans}\\shop",
        "/mnt/c/Users/Ines/shop": "/mnt/c/Users/{ines}/shop",
        "/home/dev/shop": "/home/dev/shop",
        "/data/ada/x": "/data/{ada}/x",
        "/srv/hans/x": "/srv/{hans}/x",
        # a folder called home in a repository is nobody's
        "src/home/cart.html": "src/home/cart.html",
        "src/cart.html": "src/cart.html",
    },
    "file": {
        "claude_code/ada/projects/-home-ada-shop/s.jsonl": "claude_code/{ada}/projects/-home-{ada}-shop/s.jsonl",
        "claude_code/jo/projects/-home-jo-shop/s.jsonl": "claude_code/{jo}/projects/-home-{jo}-shop/s.jsonl",
        "gemini_cli/1234567/session-1.json": "gemini_cli/{1234567}/session-1.json",
        "claude_code/x/projects/-home-ben-kestrel-shop/s.jsonl": (
            "claude_code/x/projects/-home-{ben.kestrel@acme.example}-shop/s.jsonl"
        ),
        "claude_code/x/projects/-home-jos--shop/s.jsonl": "claude_code/x/projects/-home-{josé}--shop/s.jsonl",
        "claude_code/x/projects/-Users-kim-shop/s.jsonl": "claude_code/x/projects/-Users-{kim}-shop/s.jsonl",
        "claude_code/x/projects/C--Users-lea-shop/s.jsonl": "claude_code/x/projects/C--Users-{lea}-shop/s.jsonl",
        "claude_code/x/projects/-home-mary-lou-shop/s.jsonl": "claude_code/x/projects/-home-{mary-lou}-shop/s.jsonl",
        "otel/export.jsonl": "otel/export.jsonl",
        "otel/Gwen Harrow, week 7.jsonl": "otel/{Gwen Harrow}, week 7.jsonl",
    },
    "container": {
        "github.com/ada/shop": "github.com/{ada}/shop",
        "github.com/ada/ada.github.io": "github.com/{ada}/{ada}.github.io",
        # elsewhere a repository is more likely called as what it does
        "github.com/acme/ada": "github.com/acme/ada",
        "ada/shop": "{ada}/shop",
    },
    "title": {
        "Ask Gwen Harrow": "Ask {Gwen Harrow}",
        "ask ada, or ask@acme.example": "ask {ada}, or e-mail",
        "Gwen and Harrow": "Gwen and Harrow",
    },
}


def _masked(zone: Zone, logins: list[tuple[str, str]], steps: int = 1) -> dict[str, dict[str, str]]:
    """What the names become when the logins are learned in `steps`, with a refresh after each."""
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        pseudonyms = Pseudonyms(connection, zone.settings)
        for vocabulary, names in NAMES.items():
            pseudonyms.learn_names(vocabulary, names)
        for step in range(steps):
            for vocabulary, plain in logins[step::steps]:
                pseudonyms.learn_names(vocabulary, [plain])
            refresh_names(connection, pseudonyms)
        found: dict[str, dict[str, str]] = {vocabulary: {} for vocabulary in NAMES}
        for vocabulary, plain, name in connection.execute(
            "select vocabulary, plain, name from ids.pseudonyms join raw.names on name_key = key"
        ).fetchall():
            found[vocabulary][plain] = name
    return found


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The names as the warehouse knows them, and what each login is called there."""
    zone = Zone(tmp_path_factory.mktemp("masked"), key="a key for tests only")
    found = _masked(zone, LOGINS)
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        pseudonyms = Pseudonyms(connection, zone.settings)
        called = {plain: f"person-{pseudonyms.key(vocabulary, plain)[:10]}" for vocabulary, plain in LOGINS}
        for plain in ("hans", "ines"):
            called[plain] = f"person-{pseudonyms.key('home', plain)[:10]}"
        for plain in ("kim", "lea"):
            called[plain] = f"person-{pseudonyms.key('guessed_home', plain)[:10]}"
    called["ada"] = f"person-{pseudonyms.key('account', 'ada')[:10]}"
    return found, called


@pytest.mark.parametrize(
    ("vocabulary", "plain", "expected"),
    [(vocabulary, plain, name) for vocabulary, names in NAMES.items() for plain, name in names.items()],
)
def test_a_name_is_kept_but_for_the_logins_in_it(
    masked: tuple[dict[str, dict[str, str]], dict[str, str]], vocabulary: str, plain: str, expected: str
) -> None:
    found, called = masked

    for login, pseudonym in called.items():
        expected = expected.replace("{" + login + "}", pseudonym)

    if "@" in expected:  # a login inside an e-mail: the whole of it goes
        expected = "e-mail"
    assert found[vocabulary][plain] == expected


@pytest.mark.parametrize("steps", [2, 4])
def test_it_does_not_matter_in_which_order_logins_were_learned(zone: Zone, tmp_path: Path, steps: int) -> None:
    zone.set(key="a key for tests only")
    (tmp_path / "other").mkdir()
    other = Zone(tmp_path / "other", key="a key for tests only")

    assert _masked(zone, LOGINS) == _masked(other, LOGINS[::-1], steps)


def test_titles_go_when_they_are_no_longer_wanted(zone: Zone) -> None:
    _masked(zone, LOGINS)

    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        refresh_names(connection, Pseudonyms(connection, zone.settings), titles=False)

    assert zone.ask("select count(*) from raw.names where kind = 'title'") == [(0,)]
    assert zone.ask("select count(*) from raw.names where kind = 'branch'") == [(len(NAMES["branch"]),)]
