"""The words that declarations share: tags, repositories, and what a message says of other work."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from tokenworth.sources.macros import TagKind, macros

_KINDS = {
    "repository": "github.com/acme/shop",
    "branch": "feature/cart-1",
    "issue": "SHOP-12",
    "pull_request": "34",
    "commit": "0123abcd",
}
Ask = Callable[[str, str], object]


def _ask(own_words: dict[TagKind, list[str]] | None = None, *, keep_titles: bool = False) -> Ask:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for signature, body in macros(own_words or {}, "%d/%b/%y %I:%M %p", "Europe/Berlin", keep_titles):
        connection.execute(f"create temp macro {signature} as {body}")
    every = ", ".join(f"'{kind}': tag_{kind}(t)" for kind in _KINDS)
    connection.execute(f"create temp macro every_tag(t) as {{{every}}}")

    def ask(macro: str, text: str) -> object:
        return connection.execute(f"select {macro}($1)", [text]).fetchall()[0][0]

    return ask


@pytest.fixture(scope="module")
def ask() -> Ask:
    return _ask()


def _tags(ask: Ask, text: str) -> dict[str, object]:
    """Every tag that is found in a text."""
    found = ask("every_tag", text)
    assert isinstance(found, dict)
    return {kind: value for kind, value in found.items() if value is not None}


_WORDS = [
    ("repository", "repo"),
    ("repository", "repository"),
    ("repository", "vcs.repository.url.full"),
    ("repository", "vcs.repository.name"),
    ("branch", "branch"),
    ("branch", "git_branch"),
    ("branch", "vcs.ref.head.name"),
    ("issue", "ticket"),
    ("issue", "issue"),
    ("issue", "jira"),
    ("issue", "work_item"),
    ("pull_request", "pr"),
    ("pull_request", "pull_request"),
    ("pull_request", "vcs.change.id"),
    ("commit", "commit"),
    ("commit", "sha"),
    ("commit", "vcs.ref.head.revision"),
]


@pytest.mark.parametrize(("kind", "word"), _WORDS)
@pytest.mark.parametrize(
    "spelling",
    [
        '["{word}:{value}"]',
        '["{word}={value}"]',
        '["{word}: {value}"]',
        '["User-Agent: x/1", "{word}:{value}", "other"]',
        '{{"{word}": "{value}"}}',
        '{{"{word}":"{value}","x":1}}',
        '{{"x": {{"{word}": "{value}"}}}}',
    ],
)
def test_a_tag_is_read_in_every_spelling(ask: Ask, kind: str, word: str, spelling: str) -> None:
    for said in (word, word.upper(), word.title()):
        assert _tags(ask, spelling.format(word=said, value=_KINDS[kind])) == {kind: _KINDS[kind]}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("issue", '["issue:#12"]', "#12"),
        ("issue", '["issue:12"]', "12"),
        ("issue", '{"issue": 12}', "12"),
        ("issue", '{"issue" : 12 , "x": 1}', "12"),
        # whose repository it is in may be a person's name
        ("issue", '["issue:ada-q/shop#12"]', "12"),
        ("pull_request", '["pr:#7"]', "#7"),
        ("pull_request", '{"pr": 7}', "7"),
        ("pull_request", '["pr:acme/shop#7"]', "acme/shop#7"),
        ("pull_request", '["pr:https://github.com/acme/shop/pull/7"]', "https://github.com/acme/shop/pull/7"),
        ("pull_request", '["pr:!7"]', "!7"),
        ("pull_request", '["pr:acme/platform/shop!7"]', "acme/platform/shop!7"),
        ("pull_request", '["pr:https://x/a/b/-/merge_requests/7"]', "https://x/a/b/-/merge_requests/7"),
        ("issue", '["work_item:AB#12"]', "AB#12"),
        ("repository", '["repo:git@github.com:acme/shop.git"]', "git@github.com:acme/shop.git"),
    ],
)
def test_numbers_and_addresses_are_tags_too(ask: Ask, kind: str, text: str, value: str) -> None:
    assert _tags(ask, text) == {kind: value}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '["ticket"]',
        '["ticket:"]',
        '["ticket:the cart forgets what Ada Quill put in"]',
        '["branch:two words"]',
        '["pr:latest"]',
        '["commit:abc"]',
        '["commit:not-a-sha"]',
        '["repo:two words"]',
        '["tickets:SHOP-1"]',
        '["myrepo:acme/shop"]',
        "repo:acme/shop",
        '["issue:https://acme.atlassian.net/browse/SHOP-12"]',
    ],
)
def test_what_is_no_tag_stays_outside(ask: Ask, text: str) -> None:
    assert _tags(ask, text) == {}


@pytest.mark.parametrize("word", ["story", "c++", "it's", "a.b", "two words", "(a|b)", "[", "a\\d", "%"])
def test_a_company_may_have_words_of_its_own(word: str) -> None:
    own = _ask({"issue": [word]})

    assert own("tag_issue", f'["{word}:SHOP-12"]') == "SHOP-12"
    assert own("tag_issue", '["ticket:SHOP-12"]') == "SHOP-12"
    assert own("tag_issue", '["other:SHOP-12"]') is None


@pytest.mark.parametrize(
    "remote",
    [
        "github.com/acme/shop",
        "https://github.com/acme/shop",
        "https://github.com/acme/shop.git",
        "https://github.com/Acme/Shop/",
        "HTTPS://GITHUB.COM/ACME/SHOP.GIT",
        "https://ada:token123@github.com/acme/shop.git",
        "https://github.com:8443/acme/shop",
        "git@github.com:acme/shop.git",
        "git@github.com:acme/shop",
        "ssh://git@github.com/acme/shop.git",
        "ssh://git@github.com:22/acme/shop",
        "git://github.com/acme/shop.git/",
        "git+ssh://git@github.com/acme/shop.git",
        "  github.com/acme/shop  ",
    ],
)
def test_a_repository_has_one_name_in_whatever_spelling(ask: Ask, remote: str) -> None:
    assert ask("repository_name", remote) == "github.com/acme/shop"


def test_a_repository_may_lie_deeper(ask: Ask) -> None:
    assert ask("repository_name", "git@gitlab.acme.example:group/sub/shop.git") == "gitlab.acme.example/group/sub/shop"


@pytest.mark.parametrize(
    "remote",
    [
        "https://dev.azure.com/acme/Shop/_git/cart",
        "https://acme@dev.azure.com/acme/shop/_git/cart",
        "git@ssh.dev.azure.com:v3/acme/shop/cart",
        "https://acme.visualstudio.com/shop/_git/cart",
        "https://acme.visualstudio.com/DefaultCollection/shop/_git/cart",
    ],
)
def test_a_repository_of_azure_devops_has_one_name_too(ask: Ask, remote: str) -> None:
    assert ask("repository_name", remote) == "dev.azure.com/acme/shop/cart"


def test_a_repository_of_azure_devops_may_be_called_like_its_project(ask: Ask) -> None:
    assert ask("repository_name", "https://dev.azure.com/acme/_git/shop") == "dev.azure.com/acme/shop/shop"


@pytest.mark.parametrize(
    "word", ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"]
)
def test_every_closing_word_closes(ask: Ask, word: str) -> None:
    assert ask("closed_issues", f"A change.\n\n{word.title()} #12") == ["#12"]
    assert ask("closed_issues", f"{word}: acme/Shop#12, and {word} #13") == ["#13", "acme/shop#12"]
    assert ask("closed_issue_keys", f"{word.upper()} SHOP-12 and SHOP-13") == ["SHOP-12"]
    assert ask("closed_issues", f"{word} acme/platform/shop#7") == ["acme/platform/shop#7"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Closes #4, #6 and acme/platform/shop#7", ["#4", "#6", "acme/platform/shop#7"]),
        ("Implementing issue #4", ["#4"]),
        ("fixes https://gitlab.com/acme/shop/-/issues/8", ["acme/shop#8"]),
        ("resolve: shop#3", ["shop#3"]),
        ("Related to #4, closes nothing", []),
    ],
)
def test_gitlab_closes_lists_and_links(ask: Ask, text: str, found: list[str]) -> None:
    assert ask("closed_issues_of_gitlab", text) == found


@pytest.mark.parametrize("text", ["see #12", "prefixes #12", "fix 12", "fixes the bug in #12", "closes", ""])
def test_a_mention_closes_nothing(ask: Ask, text: str) -> None:
    assert ask("closed_issues", text) == []


def test_keys_of_issues_are_found_once_each(ask: Ask) -> None:
    assert ask("issue_keys", "SHOP-12, SHOP-12 and WEB2-7, not shop-9, SHOP-0 or ASHOP-") == ["SHOP-12", "WEB2-7"]
    assert ask("issue_keys", "AB#12, not #13\n\nRelated work items: #14, #15") == ["AB#12", "AB#14", "AB#15"]


@pytest.mark.parametrize(
    ("macro", "text", "found"),
    [
        ("reverted_commits", 'Revert "x"\n\nThis reverts commit 0123ABCD4567.', ["0123abcd4567"]),
        ("reverted_commits", "This reverts commit 0123abc. This reverts commit 4567def.", ["0123abc", "4567def"]),
        ("reverted_commits", "This reverts commit HEAD.", []),
        ("reverted_commits", "reverts commit 0123abcd", []),
        ("reverted_pull_requests", "Reverts acme/shop#12", ["acme/shop#12"]),
        ("reverted_pull_requests", "Reverts #12 and reverts #13", ["#12", "#13"]),
        ("reverted_pull_requests", "It reverts the change of #12", []),
        ("reverted_pull_requests", "This reverts merge request acme/platform/shop!12", ["acme/platform/shop#12"]),
        ("reverted_pull_requests", "Reverts !12", ["#12"]),
    ],
)
def test_what_a_message_reverts(ask: Ask, macro: str, text: str, found: list[str]) -> None:
    assert ask(macro, text) == found


def test_titles_are_kept_only_where_they_are_wanted(ask: Ask) -> None:
    assert ask("kept_title", "The cart") is None
    assert _ask(keep_titles=True)("kept_title", "The cart") == "The cart"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("01/Feb/26 10:00 AM", "2026-02-01 09:00:00+00"),
        ("01/Jul/26 12:30 PM", "2026-07-01 10:30:00+00"),
        ("2026-02-01 10:00", "unreadable"),
        ("02/01/2026 10:00", "unreadable"),
        ("", None),
    ],
)
def test_dates_of_jira_are_read_in_the_configured_format_and_zone_or_refused(ask: Ask, text: str, utc: str) -> None:
    assert ask("jira_time", text) == utc
