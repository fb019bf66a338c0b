"""`export-git` against repositories that git itself makes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tokenworth import git_history
from tokenworth.errors import TokenworthError, UsageError
from tokenworth.export_git import _commit, export_git, repository_of
from tokenworth.git_history import Commit, File, Lines
from tokenworth.load import load
from tokenworth.settings import read_settings

NAME = "github.com/acme/shop"
NAMES = 'a "quoted" name|a\ttab|ends in tab\t|ünï/çødé 名前.py|back\\slash\\n| b/ => b |{a => b}/c|-dash|@@ -1 +1 @@'
# Spellings of one remote, and remotes that do not say host/owner/repo.
SPELLINGS = """
git@github.com:acme/shop.git  github.com:acme/shop  https://GitHub.com/acme/shop.git/  git+ssh://github.com//acme/shop
https://ada:s3cret@github.com/acme/shop  https://ada:s3@cret@github.com:8443/acme/shop.git  ssh://git@github.com:22/acme/shop
"""
NO_NAMES = """
/srv/git/acme/shop.git  ../acme/shop  file:///srv/acme/shop  C:/acme/shop  C:\\acme\\shop  git@host:shop.git  a@..:b/c
https://host/../../shop  https://[half/acme/shop  codecommit::eu-west-1://acme/shop  host:a\\b/c
"""
START = int(datetime(2026, 2, 1, 9, tzinfo=UTC).timestamp())


class Repository:
    """A repository in which every commit is made a minute after the one before it."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path, self.now = path, START
        path.mkdir()
        self.git("init", "-q", "-b", "main", *options)
        if not options:
            self.git("remote", "add", "origin", f"git@{NAME.replace('/', ':', 1)}.git")

    def git(self, *arguments: str, given: bytes | None = None) -> str:
        return subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=given,
            check=True,
            capture_output=True,
            env={
                **os.environ,
                "GIT_AUTHOR_NAME": "Ada",
                "GIT_AUTHOR_EMAIL": "ada@acme.example",
                "GIT_AUTHOR_DATE": f"{self.now} +0100",
                "GIT_COMMITTER_NAME": "Grace",
                "GIT_COMMITTER_EMAIL": "grace@acme.example",
                "GIT_COMMITTER_DATE": f"{self.now} -0530",
            },
        ).stdout.decode("utf-8", "surrogateescape")[:-1]

    def commit(self, message: str = "Change", **files: str | bytes | None) -> str:
        return self.commit_files(files, message)

    def commit_files(self, files: Mapping[str, str | bytes | None], message: str = "Change") -> str:
        for name, content in files.items():
            if content is None:
                (self.path / name).unlink()
            else:
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                (self.path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        return self.done("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message)

    def done(self, *arguments: str) -> str:
        """Runs a command that makes a commit, a minute later; its id."""
        self.now += 60
        self.git(*arguments)
        return self.git("rev-parse", "HEAD")

    def raw_commit(self, message: bytes = b"x", when: str = f"{START} +0000", header: str = "") -> str:
        """A commit that git itself would not make, on a branch of its own."""
        said = f"tree {self.git('mktree', given=b'')}\nauthor A <a@b.c> {when}\ncommitter A <a@b.c> {START} +0000\n"
        commit = (said + header).encode() + b"\n" + message
        sha = self.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=commit)
        self.git("branch", f"raw-{sha}", sha)
        return sha


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", os.devnull)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def read(folder: Path, what: str = "commits") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{what}.jsonl").read_bytes().decode().split("\n")[:-1]]


def exported(repo: Repository, **options: Any) -> dict[str, dict[str, Any]]:
    """The commits that are written, by id."""
    report = export_git(repo.path, repo.path.parent / "landing", **options)
    found = read(report.folder)
    assert report.commits == len(found)
    assert report.files == sum(len(c["files"]) for c in found)
    return {c["sha"]: c for c in found}


def lines(*numbers: int) -> str:
    return "".join(f"line number {number}\n" for number in numbers)


def test_a_commit_has_the_fields_of_the_landing_zone(repo: Repository) -> None:
    first = repo.commit("Add\n\nBody\n\nCo-Authored-By: A <a@b.c>", a=lines(1, 2, 3), b="x\n")
    second = repo.commit("Change", a=lines(1, 3, 4, 5), b=None)
    found = exported(repo)
    assert list(found) == [first, second]
    assert found[second].pop("patch_id") not in (None, found[first]["patch_id"])
    assert list(found[first].items())[:2] == [("repository", NAME), ("sha", first)]
    assert found[first]["message"] == "Add\n\nBody\n\nCo-Authored-By: A <a@b.c>"
    assert found[second] == {
        "repository": NAME,
        "sha": second,
        "parents": [first],
        "author_name": "Ada",
        "author_email": "ada@acme.example",
        "authored_at": "2026-02-01T10:02:00+01:00",
        "committer_name": "Grace",
        "committer_email": "grace@acme.example",
        "committed_at": "2026-02-01T03:32:00-05:30",
        "message": "Change",
        "on_default_branch": True,
        "files": [
            {"path": "a", "added": 2, "deleted": 1, "effective_added": 2, "effective_deleted": 1, "moved": 0},
            {"path": "b", "added": 0, "deleted": 1, "effective_added": 0, "effective_deleted": 1, "moved": 0},
        ],
    }


def test_branches_merges_and_squashes(repo: Repository) -> None:
    root = repo.commit(a="1\n")
    repo.git("checkout", "-q", "-b", "feature")
    merged = [repo.commit(b="1\n"), repo.commit(b="2\n")]
    repo.git("checkout", "-q", "-b", "open", root)
    unmerged = [repo.commit(c="1\n"), repo.commit(c="1\n2\n")]
    repo.git("checkout", "-q", "main")
    other = repo.commit(d="1\n")
    merge = repo.done("merge", "-q", "--no-ff", "-m", "Merge pull request #1 from acme/feature", "feature")
    repo.git("merge", "-q", "--squash", "open")
    squash = repo.done("commit", "-q", "-m", "Add c (#2)")
    remote = repo.commit_files({"e": "1\n"}, "only on the remote")
    repo.git("update-ref", "refs/remotes/origin/topic", remote)
    repo.git("reset", "-q", "--hard", squash)
    (repo.path / "a").write_text("stashed\n")
    repo.git("stash")
    repo.git("notes", "add", "-m", "noted")

    found = exported(repo)
    on_default = {sha for sha, c in found.items() if c["on_default_branch"]}
    assert on_default == {root, *merged, other, merge, squash}
    assert set(found) - on_default == {*unmerged, remote}
    assert found[merge]["parents"] == [other, merged[1]]
    assert (found[merge]["files"], "patch_id" in found[merge]) == ([], False)
    assert [(f["path"], f["added"]) for f in found[squash]["files"]] == [("c", 2)]


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        ({}, "topic"),
        ({"heads/master": "one"}, "master"),
        ({"heads/master": "one", "remotes/origin/main": "two"}, "origin/main"),
        ({"heads/main": "one", "remotes/origin/develop": "two"}, "origin/develop"),
    ],
)
def test_which_branch_is_the_default_one(repo: Repository, refs: dict[str, str], expected: str) -> None:
    shas = {"one": repo.commit(a="1\n"), "two": repo.commit(a="2\n"), "three": repo.commit(a="3\n")}
    repo.git("branch", "-m", "topic")
    for ref, sha in refs.items():
        repo.git("update-ref", f"refs/{ref}", shas[sha])
    # A remote HEAD may point at a branch that is gone.
    develop = "develop" if "remotes/origin/develop" in refs else "gone"
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{develop}")
    report = export_git(repo.path, repo.path.parent / "landing")
    assert report.default_branch == expected
    assert report.commits_on_default_branch == {"master": 1, "topic": 3}.get(expected, 2)


def test_a_bare_repository_says_itself_which_branch_is_the_default_one(repo: Repository, tmp_path: Path) -> None:
    repo.commit(a="1\n")
    repo.git("branch", "develop")
    repo.commit(a="2\n")
    repo.git("checkout", "-q", "develop")
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    report = export_git(tmp_path / "bare.git", tmp_path / "landing", repository="GitHub.com/Acme/Shop.git")
    assert (report.repository, report.default_branch) == ("github.com/Acme/Shop", "develop")
    assert (report.commits, report.commits_on_default_branch) == (2, 1)


def test_renames_binary_files_and_what_is_no_file(repo: Repository) -> None:
    repo.commit(old=lines(*range(20)), link=lines(1), mode="x\n")
    (repo.path / "link").unlink()
    (repo.path / "link").symlink_to("mode")
    (repo.path / "mode").chmod(0o755)
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    (repo.path / "module").mkdir()
    sha = repo.commit_files({"old": None, "dir/new.py": lines(*range(21)), "logo.png": b"\x89PNG\0\n"})
    files = {f.pop("path"): f for f in exported(repo)[sha]["files"]}
    counts = {"added": 1, "deleted": 0, "effective_added": 1, "effective_deleted": 0, "moved": 0}
    assert files == {
        "dir/new.py": {"old_path": "old", **counts},
        "logo.png": {"added": None, "deleted": None},
        "link": {**counts, "deleted": 1, "effective_deleted": 1},
        "mode": {**dict.fromkeys(counts, 0)},
        "module": counts,
    }


@pytest.mark.parametrize("name", [*NAMES.split("|"), "new\nline", "\x01", "\u2028", "dev/null", "caf\udce9"])
def test_a_file_may_have_any_name(repo: Repository, name: str) -> None:
    repo.commit_files({name: lines(1, 2)})
    changed = repo.commit_files({name: lines(1, 2, 3), "other": lines(4)})
    renamed = repo.commit_files({name: None, "x" + name: lines(1, 2, 3) + "\n\n"})
    deleted = repo.commit_files({"x" + name: None})
    found = exported(repo)
    shown = name.replace("\udce9", "\\xe9")  # not UTF-8: shown as what it is
    (file,) = (f for f in found[changed]["files"] if f["path"] == shown)
    assert (file["added"], file["effective_added"]) == (1, 1)
    (file,) = found[renamed]["files"]
    assert (file["path"], file["old_path"]) == ("x" + shown, shown)
    assert (file["added"], file["effective_added"]) == (2, 0)
    (file,) = found[deleted]["files"]
    assert (file["path"], file["deleted"], file["effective_deleted"]) == ("x" + shown, 5, 3)


def test_empty_commits_and_messages_in_any_encoding(repo: Repository) -> None:
    empty = repo.commit("")
    messages = {
        repo.raw_commit(b"caf\xe9\r\n\n\x01\xff"): "caf\ufffd\r\n\n\x01\ufffd",
        repo.raw_commit(b"caf\xe9", header="encoding ISO-8859-1\n"): "café",
        # Like the output that is read here.
        repo.raw_commit(f"\n\n{empty}\n1\t2\tfile\n".encode()): f"{empty}\n1\t2\tfile",
        empty: "",
    }
    found = exported(repo)
    assert {sha: c["message"] for sha, c in found.items()} == messages
    assert all(c["files"] == [] and "patch_id" not in c for c in found.values())


def test_times_that_no_clock_shows(repo: Repository) -> None:
    times = {
        repo.raw_commit(when=f"{START} +051800"): "2026-02-01T09:00:00+00:00",
        repo.raw_commit(when=f"{START} -0730"): "2026-02-01T01:30:00-07:30",
        repo.raw_commit(when="99999999999999 +0000"): None,
    }
    assert {sha: c["authored_at"] for sha, c in exported(repo).items()} == times


def test_a_cherry_pick_shares_the_patch_id_and_a_revert_does_not(repo: Repository) -> None:
    repo.commit(a=lines(*range(10)), b=lines(1))
    repo.git("checkout", "-q", "-b", "release")
    repo.commit(b=lines(2))
    repo.git("checkout", "-q", "main")
    picked = repo.commit(a=lines(*range(5), 77, *range(5, 10)), logo=b"\0one")
    same_names = repo.commit(logo=b"\0two")
    other_bytes = repo.commit(logo=b"\0three")
    repo.git("checkout", "-q", "release")
    pick = repo.done("cherry-pick", picked)
    repo.git("checkout", "-q", "main")
    repo.commit(logo=b"\0one")
    revert = repo.done("revert", "--no-edit", picked)
    found = exported(repo)
    assert found[pick]["patch_id"] == found[picked]["patch_id"]
    assert len({found[sha]["patch_id"] for sha in (picked, revert, same_names, other_bytes)}) == 4
    assert f"This reverts commit {picked}" in found[revert]["message"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("if x:\n    run()\n", "if  x:\n\trun( )\n", [2, 2, 0, 0, 0]),
        ("one\r\ntwo\r\n", "one\ntwo\n", [2, 2, 0, 0, 0]),
        ("one\ntwo", "one\ntwo\n", [1, 1, 0, 0, 0]),
        ("one\ntwo", "one\nthree\n", [1, 1, 1, 1, 0]),
        ("one\n", "\n\none\n \t\n\n", [4, 0, 0, 0, 0]),
        ("one\n", "one\ndef two():\n\n    three()\n\n\n", [5, 0, 2, 0, 0]),
        (lines(*range(9)), lines(*range(3, 9), 0, 1, 2), [3, 3, 3, 3, 3]),
        ("begin\n" + lines(*range(9)), lines(*range(9)) + "  be gin\nbegin\n", [2, 1, 2, 1, 1]),
        ("}\nx=\n" + lines(*range(9)), lines(*range(9)) + "}\nx =\n", [2, 2, 2, 2, 0]),
        # What looks like a patch is a file's text all the same.
        ("-- a/x\n++ b/x\nkeep", "@@ -1,9 +1,9 @@\n++ b/y\n" + "1" * 40 + "\nkeep\n", [4, 3, 3, 2, 0]),
    ],
    ids="white_space carriage_returns last_newline no_newline blank blank_between moved moved_once short patch".split(),
)
def test_lines_that_say_something(repo: Repository, before: str, after: str, expected: list[int]) -> None:
    repo.commit(a=before)
    sha = repo.commit(a=after)
    (file,) = exported(repo)[sha]["files"]
    assert [file[k] for k in ("added", "deleted", "effective_added", "effective_deleted", "moved")] == expected


def test_lines_move_between_the_files_of_a_commit(repo: Repository) -> None:
    repo.commit(a=lines(*range(40)), b=lines(*range(100, 140)))
    moved = repo.commit(a=lines(*range(30)), b=lines(*range(100, 140), *range(30, 38), 50), c=lines(38, 39, 38))
    renamed = repo.commit(a=None, d=lines(*range(30)))
    found = exported(repo)
    assert {f["path"]: (f["added"], f["moved"]) for f in found[moved]["files"]} == {
        "a": (0, 0),
        "b": (9, 8),
        "c": (3, 2),
    }
    assert [(f["path"], f["moved"]) for f in found[renamed]["files"]] == [("d", 0)]


def test_no_count_exceeds_the_plain_one() -> None:
    # Seen in real histories, where git's search for the shortest diff gives up early.
    commit = Commit({}, [File(b"a", b"", 10, 1)], {b"a": Lines(11, 2, 11)})
    counts = {"added": 10, "deleted": 1, "effective_added": 10, "effective_deleted": 1, "moved": 10}
    assert _commit(commit) == {"files": [{"path": "a", **counts}]}


def test_tags(repo: Repository) -> None:
    first = repo.commit(a="1\n")
    repo.git("tag", "v1/light")
    repo.now += 3600
    repo.git("tag", "-a", "-m", "annotated", "v2.0")
    repo.git("tag", "-a", "-m", "of a tag", "nested", "v2.0")
    repo.git("tag", "of-a-file", "HEAD:a")
    undated = f"object {first}\ntype commit\ntag v0\n\nold\n".encode()
    repo.git("tag", "v0", repo.git("hash-object", "-t", "tag", "-w", "--stdin", "--literally", given=undated))
    report = export_git(repo.path, repo.path.parent / "landing")
    assert report.tags == 4
    assert read(report.folder, "tags") == [
        {"repository": NAME, "tag": tag, "sha": first, "created_at": at}
        for tag, at in [
            ("nested", "2026-02-01T04:31:00-05:30"),
            ("v0", "2026-02-01T03:31:00-05:30"),
            ("v1/light", "2026-02-01T03:31:00-05:30"),
            ("v2.0", "2026-02-01T04:31:00-05:30"),
        ]
    ]


def test_order_is_by_committer_date_and_id(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_history, "_AT_ONCE", 3)
    shas = []
    for number, when in enumerate([START, START, 999_999_999, START, START - 1, START, START]):
        repo.now = when - 60
        shas.append((when, repo.commit(a=f"{number}\n")))
    heard: list[int] = []
    assert list(exported(repo, progress=heard.append)) == [sha for _, sha in sorted(shas)]
    assert heard == [7]


def test_since_leaves_out_what_was_committed_before_that_day(repo: Repository) -> None:
    repo.now = int(datetime(2026, 2, 2, tzinfo=UTC).timestamp()) - 61
    before = repo.commit(a="1\n")
    repo.git("tag", "before")
    repo.now -= 59
    midnight = repo.done("commit", "-q", "--allow-empty", "-m", "At midnight")
    repo.git("tag", "after")
    assert list(exported(repo, since=date(2026, 2, 2))) == [midnight]
    assert list(exported(repo, since=date(2026, 2, 1))) == [before, midnight]
    assert [t["tag"] for t in read(repo.path.parent / "landing/git" / NAME, "tags")] == ["after", "before"]
    export_git(repo.path, repo.path.parent / "landing", since=date(2026, 2, 2))
    assert [t["tag"] for t in read(repo.path.parent / "landing/git" / NAME, "tags")] == ["after"]


def test_where_a_shallow_clone_ends_the_changes_are_not_known(repo: Repository, tmp_path: Path) -> None:
    first, second, third = (repo.commit(**{name: lines(*range(9))}) for name in "abc")
    repo.git("clone", "-q", "--depth", "2", f"file://{repo.path}", str(tmp_path / "shallow"))
    report = export_git(tmp_path / "shallow", tmp_path / "landing", repository=NAME)
    assert (report.shallow, report.boundary, report.commits) == (True, 1, 2)
    assert str(report).startswith(f"{NAME}: 2 commits (2 on origin/main), 1 changed files, 0 tags in ")
    assert "The clone is shallow: of 1 commits" in str(report)
    cut, whole = read(report.folder)
    assert (cut["sha"], cut["parents"], cut["files"], "patch_id" in cut) == (second, [first], [], False)
    assert (whole["sha"], [f["path"] for f in whole["files"]]) == (third, ["c"])


def test_a_rerun_writes_the_same_whatever_is_configured(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(**{"a": lines(*range(30)), "b c": "1\n\n2\n\n3\n4\n5\n6\n7\n", "ü": "x\n"})
    repo.commit(**{"a": None, "z": lines(*range(20), 7, 7, 7, *range(20, 30)), "b c": "1\n\n9\n\n3\n4\n5\n6\n8\n"})
    export_git(repo.path, repo.path.parent / "landing")
    folder = repo.path.parent / "landing/git" / NAME
    before = (folder / "commits.jsonl").read_bytes()
    settings = "color.ui=always diff.renames=false diff.noprefix=true diff.mnemonicPrefix=true diff.context=0"
    settings += " diff.algorithm=histogram diff.external=false diff.suppressBlankEmpty=true diff.interHunkContext=9"
    settings += " core.quotePath=false log.showSignature=true log.date=relative i18n.logOutputEncoding=UTF-16"
    settings += (
        f" diff.wordRegex=. diff.relative=true diff.renameLimit=1 log.showRoot=false diff.orderFile={repo.path}/order"
    )
    for setting in settings.split():
        repo.git("config", *setting.split("=", 1))
    (repo.path / "order").write_text("z\n")
    Repository(repo.path.parent / "other", "--bare")
    monkeypatch.setenv("GIT_DIR", str(repo.path.parent / "other"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    export_git(repo.path, repo.path.parent / "landing")
    assert (folder / "commits.jsonl").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["commits.jsonl", "tags.jsonl"]


def test_spellings_of_a_remote() -> None:
    assert {repository_of(remote) for remote in SPELLINGS.split()} == {NAME}
    assert {repository_of(remote) for remote in NO_NAMES.split()} == {None}
    assert repository_of("git://gitlab.example/Group/Sub/a.git") == "gitlab.example/Group/Sub/a"
    assert repository_of("git@github.com:acme/.github.git") == "github.com/acme/.github"


def test_a_repository_without_such_a_remote_must_be_told_its_name(repo: Repository) -> None:
    repo.commit(a="1\n")
    repo.git("remote", "set-url", "origin", "https://ada:s3cret@host/shop.git")
    with pytest.raises(UsageError, match="--repository") as raised:
        export_git(repo.path, repo.path.parent / "landing")
    assert "s3cret" not in str(raised.value)
    repo.git("remote", "remove", "origin")
    with pytest.raises(UsageError, match="--repository"):
        export_git(repo.path, repo.path.parent / "landing")
    with pytest.raises(UsageError, match="--repository"):
        export_git(repo.path, repo.path.parent / "landing", repository="acme/shop")
    assert not (repo.path.parent / "landing").exists()
    given = "https://ada:s3cret@github.com/acme/shop.git"
    assert export_git(repo.path, repo.path.parent / "landing", repository=given).repository == NAME


def test_what_cannot_be_exported_is_said(repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="not a git repository"):
        export_git(tmp_path / "plain", tmp_path / "landing", repository=NAME)
    with pytest.raises(UsageError, match="no folder"):
        export_git(tmp_path / "nowhere", tmp_path / "landing", repository=NAME)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        export_git(repo.path, tmp_path / "file")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Install git"):
        export_git(repo.path, tmp_path / "landing")


def test_a_repository_without_commits(repo: Repository) -> None:
    report = export_git(repo.path, repo.path.parent / "landing")
    assert (report.commits, report.tags, report.default_branch) == (0, 0, "")
    assert (report.folder / "commits.jsonl").read_bytes() == b""


def test_where_git_fails_midway_the_earlier_export_stays(repo: Repository) -> None:
    repo.commit(a=lines(1))
    report = export_git(repo.path, repo.path.parent / "landing")
    before = (report.folder / "commits.jsonl").read_bytes()
    repo.commit(a=lines(1, 2))
    blob = repo.git("rev-parse", "HEAD:a")
    repo.commit(a=lines(3))
    (repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(TokenworthError, match=blob):
        export_git(repo.path, repo.path.parent / "landing")
    assert (report.folder / "commits.jsonl").read_bytes() == before
    assert sorted(path.name for path in report.folder.iterdir()) == ["commits.jsonl", "tags.jsonl"]


def test_the_warehouse_loads_every_row(repo: Repository, tmp_path: Path) -> None:
    first = repo.commit_files({"a b.py": lines(*range(9)), "logo.png": b"\0", "caf\udce9": "1\n", 'q"\n': "1\n"})
    repo.git("tag", "v1")
    repo.commit_files({"a b.py": None, "b": lines(*range(10))}, "Rename\u2028\n\n\x01\x1b")
    repo.done("revert", "--no-edit", "HEAD")
    repo.git("tag", "-a", "-m", "two", "v2", first)
    report = export_git(repo.path, tmp_path / "landing")
    load(read_settings(landing=tmp_path / "landing", warehouse=tmp_path / "warehouse"))
    with duckdb.connect(str(tmp_path / "warehouse/warehouse.duckdb"), read_only=True) as warehouse:
        tables = ("git_commits", "git_commit_files", "git_tags", "quarantine")
        rows = [warehouse.sql(f"select count(*) from raw.{table}").fetchall()[0][0] for table in tables]
        totals = "sum(added_lines), sum(effective_added_lines), count(old_path_key), count(*) - count(added_lines)"
        summed = warehouse.sql(f"select {totals} from raw.git_commit_files").fetchall()[0]
    assert rows == [report.commits, report.files, report.tags, 0] == [3, 6, 2, 0]
    assert summed == (12, 12, 2, 1)
