"""Which logins are looked for in names: leaving out those that can stand in none changes no name."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zone import Zone
from tokenworth import masking
from tokenworth.identities import Pseudonyms
from tokenworth.masking import refresh_names
from tokenworth.warehouse import open_warehouse
from tokenworth.writer import sole_writer

# Few words, so that logins meet in names: short ones, numbers, letters of others, capitals that lower to two letters.
_WORDS = ["ada", "ann", "jo", "j", "77", "7a", "josé", "ürgen", "é", "İnci", "STRASSE", "home", "codex", "main", "ent"]
_BETWEEN = ["-", "/", ".", "_", " ", "--", "\\", "@", "+"]


def _texts(most: int) -> st.SearchStrategy[str]:
    words = st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(_BETWEEN)), min_size=1, max_size=most)
    edge = st.sampled_from(["", "", "", "-", "_", "é", "12+"])
    return st.builds(lambda ws, a, z: a + "".join(w + b for w, b in ws[:-1]) + ws[-1][0] + z, words, edge, edge)


_LOGINS = st.lists(st.tuples(st.sampled_from(["account", "person", "person_name"]), _texts(3)), max_size=8)
_PREFIXES = st.sampled_from(["", "", "/home/", "/Users/", "codex/", "claude_code/x/projects/-home-", "github.com/"])
_NAMES = st.lists(
    st.tuples(
        st.sampled_from(["branch", "path", "file", "container", "title"]), st.builds(str.__add__, _PREFIXES, _texts(4))
    ),
    max_size=8,
)
_EVERY_LOGIN = re.sub(r"(from said)\s+where.*?\n\)", r"\1)", masking._LOGINS, flags=re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("masking")


@settings(max_examples=50, deadline=None, derandomize=True)
@given(logins=_LOGINS, forges=st.booleans(), names=_NAMES, steps=st.integers(1, 3))
def test_no_login_that_is_left_out_would_have_been_hidden(
    folder: Path, logins: list[tuple[str, str]], forges: bool, names: list[tuple[str, str]], steps: int
) -> None:
    assert _EVERY_LOGIN != masking._LOGINS
    zone = Zone(folder, key="a key for tests only")
    with sole_writer(zone.settings), open_warehouse(zone.settings) as connection:
        pseudonyms = Pseudonyms(connection, zone.settings)
        for table in ("ids.pseudonyms", "ids.accounts_seen", "raw.names"):
            connection.execute(f"delete from {table}")
        for step in range(steps):
            for vocabulary, text in [*names[step::steps], *logins[step::steps]]:
                pseudonyms.learn_names(vocabulary, [text])
            if forges:
                connection.execute(
                    "insert or ignore into ids.accounts_seen select 'github', key from ids.pseudonyms"
                    " where vocabulary = 'account'"
                )
            refresh_names(connection, pseudonyms)
        left_out = _names(connection)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(masking, "_LOGINS", _EVERY_LOGIN)
            connection.execute("delete from raw.names")
            refresh_names(connection, pseudonyms)
        assert left_out == _names(connection)


def _names(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select plain, name from raw.names join ids.pseudonyms on name_key = key order by all"
    ).fetchall()
