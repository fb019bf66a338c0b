"""What must not pass the door: addresses and logins where nobody expects them."""

from __future__ import annotations

import json
import re

import pytest

from tests.exports import (
    api_request,
    csv_text,
    gemini_chat,
    gemini_message,
    json_lines,
    log_batch,
    span,
    span_batch,
    spend_log,
    transcript_line,
)
from tests.work_exports import checkpoint, commit, github_issue, jira_issue, pull, release, review
from tests.zone import Zone

_ADA = "ada.quill@acme.example"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")


@pytest.fixture
def gossip(zone: Zone) -> Zone:
    """An address in every text of every source that is kept as it is."""
    zone.put(
        "claude_code/ada/projects/s/a.jsonl",
        json_lines([transcript_line(1, sessionId=_ADA, version=_ADA, agentId=f"agent of {_ADA}")]),
    )
    zone.put(f"gemini_cli/ada/x/session-{_ADA}.json", json.dumps({**gemini_chat(gemini_message(1)), "sessionId": _ADA}))
    zone.put("litellm/a.jsonl", json_lines([spend_log(1, model=_ADA, session_id=_ADA, call_type=f"x {_ADA}")]))
    zone.put("otel/a.jsonl", json_lines([log_batch(api_request(1, model=_ADA, **{"session.id": _ADA}))]))
    zone.put("otel/b.jsonl", json_lines([span_batch(span(), **{"service.name": _ADA})]))
    zone.put("git/x/commits.jsonl", json_lines([commit(1, patch_id=_ADA, parents=[_ADA, "b" * 40])]))
    tag = {"repository": "github.com/acme/shop", "tag": f"v1 {_ADA}", "sha": "a" * 40, "created_at": "2026-02-01"}
    zone.put("git/x/tags.jsonl", json_lines([tag]))
    zone.put("github/acme/shop/pulls/1.json", json.dumps(pull(1, labels=[{"name": f"ask {_ADA}"}, {"name": "bug"}])))
    zone.put("github/acme/shop/issues/1.json", json.dumps(github_issue(1, labels=[{"name": _ADA}])))
    zone.put("github/acme/shop/releases/1.json", json.dumps(release(1, tag_name=_ADA)))
    zone.put("github/acme/shop/reviews/1.json", json.dumps(review(1, state=_ADA)))
    zone.put(f"jira/{_ADA}/search/1.json", json.dumps(jira_issue(1, labels=[_ADA], status={"id": "1", "name": _ADA})))
    zone.put("entire/acme/shop/1/metadata.json", json.dumps(checkpoint(agent=_ADA)))
    zone.put("people/teams.csv", csv_text(["team_id", "team_name", "parent_team_id"], ["a", f"Team of {_ADA}", _ADA]))
    zone.put("people/members.csv", csv_text(["person_id", "email", "team_id"], [_ADA, _ADA, _ADA]))
    zone.put("repositories.csv", csv_text(["alias", "repository", _ADA], [f"/home/{_ADA}/shop", "github.com/a/b", "x"]))
    zone.put("claude_code/ada/projects/s/garbage.jsonl", f"garbage of {_ADA}\n" + json.dumps({"sessionId": 1})[:-1])
    zone.put(f"notes/{_ADA}.txt", "x")
    zone.load()
    return zone


def test_no_address_passes_the_door_wherever_it_stands(gossip: Zone) -> None:
    tables = gossip.ask("select schema_name || '.' || table_name from duckdb_tables() where database_name <> 'ids'")
    assert len(tables) > 20
    for (table,) in tables:
        for row in gossip.ask(f"select t::varchar from {table} as t"):
            assert not _ADDRESS.search(str(row)), (table, row)
    gossip.assert_balanced()


def test_where_an_address_stood_the_row_is_kept(gossip: Zone) -> None:
    assert gossip.row("litellm_requests", "model", "session_id", "call_type") == ("e-mail", "e-mail", "x e-mail")
    assert gossip.row("github_pulls", "labels") == ["ask e-mail", "bug"]
    assert gossip.row("git_tags", "tag") == "v1 e-mail"
    assert gossip.row("people_teams", "team_name", "parent_team_id") == ("Team of e-mail", "e-mail")


def test_what_is_shown_of_a_broken_line_does_not_look_like_an_address(gossip: Zone) -> None:
    """Or the check that nothing of the kind is stored would refuse publication for the garbage of one line."""
    excerpts = [excerpt for _, _, _, excerpt in gossip.quarantine()]
    assert "xxxxxxx xx xxx.xxxxx?xxxx.xxxxxxx" in excerpts


def test_a_repository_named_after_a_login_is_masked_and_one_named_after_a_key_is_not(zone: Zone) -> None:
    """Whatever comes first: a login of GitHub may be known as an account before it is known to be one of GitHub."""
    zone.put("litellm/a.jsonl", json_lines([spend_log(1, user="shop"), spend_log(2, user="ada-quill")]))
    issue = json.dumps(github_issue(1, html_url="", user={"login": "ben-k"}))
    for repository in ("acme/shop", "acme/ada-quill-notes", "ada-quill/ada-quill.github.io"):
        zone.put(f"github/{repository}/issues/1.json", issue)
    zone.load()
    names = "select name from raw.names where kind = 'container' and name like 'github.com/%' order by all"
    ((key,),) = zone.ask("select key from ids.pseudonyms where vocabulary = 'account' and plain = 'ada-quill'")
    ada = f"person-{key[:10]}"
    assert zone.ask(names) == [
        ("github.com/acme/ada-quill-notes",),
        ("github.com/acme/shop",),
        (f"github.com/{ada}/{ada}.github.io",),
    ]

    zone.put("github/acme/shop/issues/2.json", json.dumps(github_issue(2, html_url="", user={"login": "Ada-Quill"})))
    zone.load()

    assert zone.ask(names) == [
        (f"github.com/acme/{ada}-notes",),
        ("github.com/acme/shop",),
        (f"github.com/{ada}/{ada}.github.io",),
    ]
