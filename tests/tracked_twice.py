"""The same small piece of a team's work twice: kept on GitHub and in Jira, and on GitLab and in Linear."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.exports import json_lines, message, spend_log, transcript_line
from tests.tracker_exports import gitlab_deployment, gitlab_issue, linear_issue, merge_request, merge_request_commit
from tests.work_exports import commit, github_issue, jira_issue, pull, pull_commit, release, review
from tests.zone import Zone

Json = dict[str, Any]
_EXPORTED, _EARLIER = (int(datetime(2026, month, 20, tzinfo=UTC).timestamp()) for month in (3, 2))


@dataclass(frozen=True)
class World:
    """Where one of the two is kept; everything in it is named after it."""

    name: str
    host: str
    owner: str
    key: str  # of the project, or the team

    @property
    def repository(self) -> str:
        return f"{self.host}/{self.owner}/shop"

    def sha(self, of: str) -> str:
        return hashlib.sha1(f"{self.name} {of}".encode(), usedforsecurity=False).hexdigest()

    def mail(self, person: str) -> str:
        return f"{person}@{self.name}.example"

    def login(self, person: str) -> str:
        return f"{person}-{self.name}"

    def branch(self, number: int) -> str:
        return f"ada/{self.key}-1-cart" if number == 1 else f"work-{number}"


LEFT = World("left", "github.com", "acme", "SHOP")
RIGHT = World("right", "gitlab.com", "beta", "CART")


@dataclass(frozen=True)
class Change:
    number: int
    author: str
    opened: str
    merged: str | None
    kind: str = "merge"  # or squash
    closes: int | None = None
    reverts: int | None = None


CHANGES = [
    Change(1, "ada", "2026-02-02T10:30:00Z", "2026-02-02T12:00:00Z"),
    Change(2, "ben", "2026-02-03T10:30:00Z", "2026-02-03T15:00:00Z", kind="squash", closes=7),
    Change(3, "ada", "2026-02-04T10:30:00Z", "2026-02-04T15:00:00Z"),
    Change(4, "ben", "2026-02-05T10:30:00Z", "2026-02-05T15:00:00Z", reverts=3),
    Change(5, "ada", "2026-02-06T10:30:00Z", None),
]


def write(zone: Zone) -> None:
    """Both worlds into one landing zone."""
    for world in (LEFT, RIGHT):
        _put(zone, f"git/{world.repository}/commits.jsonl", json_lines(_commits(world)))
        tag = {"repository": world.repository, "tag": "v1.1.0", "sha": world.sha("arrived 3")}
        _put(zone, f"git/{world.repository}/tags.jsonl", json_lines([{**tag, "created_at": "2026-02-09T08:00:00Z"}]))
        _usage(zone, world)
    _github_and_jira(zone, LEFT)
    _gitlab_and_linear(zone, RIGHT)
    _people(zone)


def _put(zone: Zone, name: str, content: object, at: int = _EXPORTED) -> None:
    zone.put(name, content if isinstance(content, str) else json.dumps(content), at=at)


def _title(world: World, change: Change) -> str:
    return "Revert the third" if change.reverts else f"{world.key}-1 keep items" if change.number == 1 else "Work on it"


def _commits(world: World) -> Iterable[Json]:
    """On the branch, and as they arrived: merged, or squashed into one."""
    for change in CHANGES:
        who = {"author_email": world.mail(change.author), "committer_email": world.mail(change.author)}
        written = change.opened.replace("10:30", "10:00")
        lines = [{"path": f"src/{change.number}.py", "added": 40 * change.number, "deleted": 2}]
        shared = {"repository": world.repository, **who, "authored_at": written}
        on_branch = {
            **shared, "sha": world.sha(f"branch {change.number}"), "committed_at": written, "files": lines,
            "message": _title(world, change), "on_default_branch": change.merged is not None and change.kind == "merge",
        }  # fmt: skip
        yield commit(1, **on_branch, parents=[world.sha("base")])
        if change.merged is None:
            continue
        arrived = {**shared, "sha": world.sha(f"arrived {change.number}"), "committed_at": change.merged}
        if change.kind == "squash":
            yield commit(1, **{**arrived, "files": lines, "message": "Work on it"}, parents=[world.sha("base")])
        else:
            head = world.branch(change.number)
            said = f"Merge pull request #{change.number} from {world.owner}/{head}"
            if world is RIGHT:
                merged = f"Merge branch '{head}' into 'main'"
                said = f"{merged}\n\nSee merge request {world.owner}/shop!{change.number}"
            parents = [world.sha("base"), on_branch["sha"]]
            yield commit(1, **{**arrived, "files": [], "message": said}, parents=parents)


def _usage(zone: Zone, world: World) -> None:
    for person, day, branch in (("ada", "02", world.branch(1)), ("ben", "03", world.branch(2)), ("ada", "20", "main")):
        folder = f"/home/{world.login(person)}/shop"
        lines = [
            transcript_line(
                n, cwd=folder, gitBranch=branch, sessionId=f"{world.name}-{day}", uuid=f"{world.name}-{day}-{n}",
                requestId=f"req_{world.name}_{day}_{n}", timestamp=f"2026-02-{day}T09:{30 + n}:00.000Z",
                message=message(f"msg_{world.name}_{day}_{n}", output_tokens=1000 * n),
            )
            for n in range(1, 6)
        ]  # fmt: skip
        _put(zone, f"claude_code/{world.login(person)}/projects/shop/{world.name}-{day}.jsonl", json_lines(lines))
    tags = [
        ["ticket:" + world.key + "-1"],
        ["pr=2", f"repo={world.repository}"],
        ["issue:7", f"repo={world.repository}"],
    ]
    logs = [
        spend_log(
            n, request_id=f"{world.name}-{n}", user=world.mail("ada"), request_tags=tag,
            startTime="2026-02-03T08:00:00", endTime="2026-02-03T08:00:05",
        )
        for n, tag in enumerate([*tags, []], start=1)
    ]  # fmt: skip
    _put(zone, f"litellm/{world.name}.jsonl", json_lines(logs))


def _people(zone: Zone) -> None:
    members, accounts = ["person_id,display_name,email,team_id,valid_from,valid_to"], ["person_id,system,account"]
    aliases, teams = ["alias,repository"], ["team_id,team_name,parent_team_id"]
    for world in (LEFT, RIGHT):
        teams.append(f"{world.name},{world.name},")
        for person in ("ada", "ben"):
            login = world.login(person)
            members.append(f"{login},{login} Quill,{world.mail(person)},{world.name},,")
            forge, tracker = ("github", "jira") if world is LEFT else ("gitlab", "linear")
            accounts += [f"{login},claude_code,{login}", f"{login},{forge},{login}", f"{login},{tracker},{login}"]
            aliases.append(f"/home/{login}/shop,{world.repository}")
    for name, rows in (("members", members), ("accounts", accounts), ("teams", teams)):
        _put(zone, f"people/{name}.csv", "\n".join(rows) + "\n")
    _put(zone, "repositories.csv", "\n".join(aliases) + "\n")


def _github_and_jira(zone: Zone, world: World) -> None:
    base = f"github/{world.owner}/shop"
    place = {"full_name": f"{world.owner}/shop", "default_branch": "main"}
    pulls = []
    for change in CHANGES:
        taken_back = f"Reverts #{change.reverts}\n\nThis reverts commit {world.sha('arrived 3')}."
        pulls.append(
            pull(
                change.number, title=_title(world, change), user={"login": world.login(change.author), "type": "User"},
                body=taken_back if change.reverts else f"Closes #{change.closes}" if change.closes else "",
                html_url=f"https://{world.repository}/pull/{change.number}",
                state="closed" if change.merged else "open", labels=[],
                created_at=change.opened, updated_at=change.merged or change.opened, closed_at=change.merged,
                merged_at=change.merged, merge_commit_sha=world.sha(f"arrived {change.number}"),
                head={"ref": world.branch(change.number), "sha": world.sha(f"branch {change.number}"), "repo": place},
                base={"ref": "main", "repo": place},
            )
        )  # fmt: skip
        who = {"email": world.mail(change.author), "date": change.opened.replace("10:30", "10:00")}
        of_pull = pull_commit(
            1, sha=world.sha(f"branch {change.number}"), author={"login": world.login(change.author)},
            html_url=None, parents=[{"sha": world.sha("base")}],
            commit={"message": _title(world, change), "author": who, "committer": who},
        )  # fmt: skip
        _put(zone, f"{base}/pull_commits/{change.number}.json", [of_pull])
    _put(zone, f"{base}/pulls/page.json", pulls)
    looked = review(
        1, user={"login": world.login("ben")}, submitted_at="2026-02-02T11:00:00Z",
        pull_request_url=f"https://api.github.com/repos/{world.owner}/shop/pulls/1",
        html_url=f"https://{world.repository}/pull/1#r",
    )  # fmt: skip
    _put(zone, f"{base}/reviews/1.json", [looked])
    ben = {"login": world.login("ben"), "type": "User"}
    shared = {"html_url": f"https://{world.repository}/issues/7", "user": ben, "assignees": [ben], "type": None}
    done = github_issue(7, **shared, closed_at="2026-02-03T15:00:00Z")
    closed = github_issue(8, **shared, closed_at="2026-02-05T08:00:00Z", updated_at="2026-02-05T08:00:00Z")
    again = github_issue(8, **shared, state="open", state_reason="reopened", closed_at=None,
                         updated_at="2026-02-12T08:00:00Z")  # fmt: skip
    dropped = github_issue(9, **shared, state_reason="duplicate")
    _put(zone, f"{base}/issues/earlier.json", [done, closed, dropped], at=_EARLIER)
    _put(zone, f"{base}/issues/page.json", [again])
    told = release(1, html_url=f"https://{world.repository}/releases/1", author=ben, prerelease=False,
                   published_at="2026-02-09T08:00:00Z")  # fmt: skip
    _put(zone, f"{base}/releases/page.json", [told])
    deployments, statuses = [], []
    for n, (of, environment, state) in enumerate(_DEPLOYED, start=1):
        url = f"https://api.github.com/repos/{world.owner}/shop/deployments/{n}"
        deployments.append({"id": n, "url": url, "sha": world.sha(of), "environment": environment,
                            "created_at": f"2026-02-0{n + 3}T08:00:00Z"})  # fmt: skip
        said = {"success": "success", "failed": "failure"}[state]
        statuses.append({"deployment_url": url, "state": said, "created_at": f"2026-02-0{n + 3}T09:00:00Z"})
    _put(zone, f"{base}/deployments/page.json", deployments)
    _put(zone, f"{base}/deployments/statuses.json", statuses)

    issues = []
    for number, (status, resolution, parent, history) in enumerate(_KEYED, start=1):
        histories = [
            {"id": str(100 * number + n), "created": at, "items": [
                {"field": "status", "from": "3" if was else "1", "to": "1" if was else "3"},
                *([{"field": "resolution", "to": "10", "toString": resolution}] if resolution and not was else []),
            ]}
            for n, (at, was) in enumerate(history)
        ]  # fmt: skip
        done = status == "done"
        issues.append(
            jira_issue(
                number, histories=histories, labels=["bug"],
                issuetype={"name": "Sub-task" if parent else "Task", "subtask": bool(parent)},
                parent={"key": f"{world.key}-1"} if parent else None, project={"key": world.key},
                status={"id": "3" if done else "1", "name": status,
                        "statusCategory": {"key": "done" if done else "new"}},
                resolution={"name": resolution} if done and resolution else None,
                assignee={"accountId": world.login("ada")}, reporter={"accountId": world.login("ben")},
                created="2026-02-01T08:00:00.000+0000", updated="2026-02-12T08:00:00.000+0000",
                resolutiondate=history[-1][0] if done else None, statuscategorychangedate=None,
            )
        )  # fmt: skip
    _put(zone, "jira/left/search/page.json", {"issues": issues, "isLast": True})


# What was deployed where; status and resolution, whether a part of the first, and entries into and exits from done.
_DEPLOYED = [("arrived 2", "production", "success"), ("arrived 3", "staging", "success"),
             ("arrived 4", "production", "failed")]  # fmt: skip
_KEYED: list[tuple[str, str | None, bool, list[tuple[str, bool]]]] = [
    ("done", None, False, [("2026-02-02T13:00:00Z", False)]),
    ("open", None, False, [("2026-02-05T08:00:00Z", False), ("2026-02-06T08:00:00Z", True)]),
    ("done", "Canceled", False, [("2026-02-07T08:00:00Z", False)]),
    ("done", None, True, [("2026-02-02T12:30:00Z", False)]),
]


def _gitlab_and_linear(zone: Zone, world: World) -> None:
    base, web = f"gitlab/{world.owner}/shop", f"https://{world.repository}/-"
    listed = []
    for change in CHANGES:
        taken_back = f"This reverts merge request !{change.reverts}\n\nThis reverts commit {world.sha('arrived 3')}."
        arrived = world.sha(f"arrived {change.number}") if change.merged else None
        listed.append(
            merge_request(
                change.number, title=_title(world, change), author={"username": world.login(change.author)},
                description=taken_back if change.reverts else f"Closes #{change.closes}" if change.closes else "",
                web_url=f"{web}/merge_requests/{change.number}", state="merged" if change.merged else "opened",
                source_branch=world.branch(change.number), sha=world.sha(f"branch {change.number}"), labels=[],
                created_at=change.opened, updated_at=change.merged or change.opened, merged_at=change.merged,
                merge_commit_sha=arrived if change.kind == "merge" else None,
                squash_commit_sha=arrived if change.kind == "squash" else None,
            )
        )  # fmt: skip
        at = change.opened.replace("10:30", "10:00")
        mail = world.mail(change.author)
        of_request = merge_request_commit(
            1, id=world.sha(f"branch {change.number}"), parent_ids=[world.sha("base")], message=_title(world, change),
            author_email=mail, committer_email=mail, authored_date=at, committed_date=at, web_url=f"{web}/commit/x",
        )  # fmt: skip
        _put(zone, f"{base}/merge_request_commits/{change.number}.json", [of_request])
    _put(zone, f"{base}/merge_requests/page.json", listed)
    ben = {"username": world.login("ben")}
    note = {"id": 1, "body": "approved this merge request", "system": True, "author": ben, "project_id": 77,
            "noteable_type": "MergeRequest", "noteable_iid": 1, "created_at": "2026-02-02T11:00:00Z"}  # fmt: skip
    _put(zone, f"{base}/notes/1.json", [note])
    shared = {"web_url": f"{web}/issues/7", "author": ben, "assignees": [ben], "issue_type": "issue",
              "created_at": "2026-02-01T08:00:00Z"}  # fmt: skip
    done = gitlab_issue(7, **shared, closed_at="2026-02-03T15:00:00Z")
    closed = gitlab_issue(8, **shared, closed_at="2026-02-05T08:00:00Z", updated_at="2026-02-05T08:00:00Z")
    again = gitlab_issue(8, **shared, state="opened", closed_at=None, updated_at="2026-02-12T08:00:00Z")
    dropped = gitlab_issue(9, **shared, _links={"closed_as_duplicate_of": "https://gitlab.com/api/v4/x"})
    _put(zone, f"{base}/issues/earlier.json", [done, closed, dropped], at=_EARLIER)
    _put(zone, f"{base}/issues/page.json", [again])
    told = {"tag_name": "v1.1.0", "author": ben, "created_at": "2026-02-03T08:00:00Z",
            "released_at": "2026-02-09T08:00:00Z", "_links": {"self": f"{web}/releases/v1.1.0"}}  # fmt: skip
    _put(zone, f"{base}/releases/page.json", [told])
    deployments = [
        gitlab_deployment(
            n, sha=world.sha(of), environment={"name": environment}, status=state,
            deployable={"finished_at": f"2026-02-0{n + 3}T09:00:00Z", "commit": {"web_url": f"{web}/commit/x"}},
        )
        for n, (of, environment, state) in enumerate(_DEPLOYED, start=1)
    ]  # fmt: skip
    _put(zone, f"{base}/deployments/page.json", deployments)

    issues = []
    for number, (status, resolution, parent, history) in enumerate(_KEYED, start=1):
        end = "canceled" if resolution else "completed"
        last = history[-1][0] if status == "done" else None
        changes = [
            {"id": f"{number}-{n}", "createdAt": at, "fromState": {"type": end if was else "started"},
             "toState": {"type": "started" if was else end}}
            for n, (at, was) in enumerate(history)
        ]  # fmt: skip
        issues.append(
            linear_issue(
                number, id=f"{world.name}-{number}", identifier=f"{world.key}-{number}",
                state={"name": status, "type": end if last else "started"},
                parent={"identifier": f"{world.key}-1"} if parent else None,
                assignee={"id": world.login("ada")}, creator={"id": world.login("ben")},
                createdAt="2026-02-01T08:00:00Z", updatedAt="2026-02-12T08:00:00Z",
                completedAt=last if end == "completed" else None, canceledAt=last if end == "canceled" else None,
                history={"nodes": changes},
            )
        )  # fmt: skip
    _put(zone, "linear/issues/page.json", {"data": {"issues": {"nodes": issues}}})
