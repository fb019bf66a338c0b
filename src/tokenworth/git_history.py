"""Reads the commits and tags of a repository, as a stream.

Three readings run beside each other, commit by commit, so that only the commits' ids are ever held
as a whole: what git itself counts; a patch without white space, from which effective and moved
lines are counted; and the patch ids. Only git's plumbing is used, with every option said, because
a person's configuration must not change what a line counts.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import IO, TypeVar

from tokenworth.git_program import Git, readable

_T = TypeVar("_T")

# Whatever a branch or tag leads to. Stashes, notes and replacements are commits only to git.
_HISTORY = [*(f"--exclude=refs/{kind}" for kind in ("stash", "notes/*", "replace/*")), "--all"]
_DIFF = (
    "diff-tree --stdin --root -r -M -l1000 --no-ext-diff --no-textconv --no-relative --no-color"
    " --diff-algorithm=myers --indent-heuristic --ignore-submodules=none"
    " --submodule=short --src-prefix=a/ --dst-prefix=b/ --full-index"
).split()
_FIELDS = {
    "sha": "%H",
    "parents": "%P",
    "author_name": "%an",
    "author_email": "%ae",
    "authored_at": "%ad",
    "committer_name": "%cn",
    "committer_email": "%ce",
    "committed_at": "%cd",
    "message": "%B",
}
_FORMAT = "--format=" + "".join(f"{code}%x00" for code in _FIELDS.values())
# Git keeps whatever it has parsed; so many commits are read by one set of processes.
_AT_ONCE = 5000
# Shorter lines, such as a closing bracket, are in every change; that one of them moved says nothing.
_MOVABLE = 3

_ID = re.compile(rb"([0-9a-f]{40,64})\n")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_WHITE = b" \t\r\n\v\f"
_SPACE, _PLUS, _BACKSLASH = b" +\\"
_ESCAPED = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))


@dataclass
class File:
    """A file that a commit changed. A binary file has no counts."""

    path: bytes
    old_path: bytes
    added: int | None
    deleted: int | None


@dataclass(slots=True)
class Lines:
    """Lines of a file that say something: white space and blank lines do not count."""

    added: int = 0
    deleted: int = 0
    moved: int = 0  # of those added


@dataclass
class Commit:
    """`said` has a commit's fields under the names of the landing zone."""

    said: dict[str, object]
    files: list[File] = field(default_factory=list)
    lines: dict[bytes, Lines] = field(default_factory=dict)  # by path; of a file that is not there, all are 0


def commits(git: Git, start: float, tip: str, boundary: set[str]) -> Iterator[Commit]:
    """Every commit since `start`, in order of committer date and id; `tip` ends the default branch.

    Of a commit of the `boundary`, at which a shallow clone ends, git would say that it has no
    parents and wrote the whole tree: its files are left out, its parents taken from the commit.
    """
    # The ends of branches and tags are taken once, because someone may push in the meantime.
    ends = git.text("rev-parse", *_HISTORY).split()
    ends += git.text("rev-parse", "--verify", "--quiet", "HEAD", optional=True).split()
    with git.stream("rev-list", "--timestamp", "--stdin", given=ends) as listed:
        # Right-justified, numbers sort as text.
        dated = sorted(line.rjust(90) for line in listed if int(line.split()[0]) >= start)
    with git.stream("rev-list", "--stdin", given=[*ends, f"^{tip}"] if tip else ends) as listed:
        elsewhere = {line.strip().decode() for line in listed}
    for at in range(0, len(dated), _AT_ONCE):
        ids = [line.split()[1].decode() for line in dated[at : at + _AT_ONCE]]
        for commit in _read(git, ids, boundary):
            sha = str(commit.said["sha"])
            commit.said["on_default_branch"] = sha not in elsewhere
            if sha in boundary:
                commit.files.clear()
                header = git.text("cat-file", "commit", sha).partition("\n\n")[0]
                commit.said["parents"] = re.findall("^parent (.*)$", header, re.MULTILINE)
            yield commit


def tags(git: Git, start: float) -> Iterator[dict[str, object]]:
    """Tags of commits since `start`, in order of their names; one without a date has its commit's."""
    wanted = "--format=%(refname:strip=2)%00%(creatordate:raw)%00%(*committerdate:raw)"
    found = [line.split("\0") for line in git.text("for-each-ref", wanted, "refs/tags").split("\n") if line]
    # for-each-ref looks through one tag, but a tag may be of another tag.
    given = "".join(f"refs/tags/{name}^{{commit}}\n" for name, *_ in found)
    shas = git.text("cat-file", "--batch-check=%(objectname)", given=given).split("\n")
    for (name, created, committed), sha in zip(found, shas, strict=False):
        raw = created or committed
        if re.fullmatch("[0-9a-f]+", sha) and int((raw or "0").split()[0]) >= start:
            said = readable(name.encode("utf-8", "surrogateescape"))
            yield {"tag": said, "sha": sha, "created_at": _time(raw)}


def _read(git: Git, ids: list[str], boundary: set[str]) -> Iterator[Commit]:
    """The commits of `ids`, in that order."""
    whole = [sha for sha in ids if sha not in boundary]
    counted = [*_DIFF, "--always", "-z", "--numstat", "--encoding=UTF-8", "--date=raw", _FORMAT]
    with (
        git.stream(*counted, given=ids) as counts,
        git.stream(*_DIFF, "-p", "-w", "-U1", given=whole) as patches,
        git.stream(*_DIFF, "-p", "-U3", given=whole, into=["patch-id", "--stable"]) as named,
    ):
        lines = _beside(ids, _lines(patches))
        pairs = (line.decode().split() for line in named)
        patch_ids = _beside(ids, ((sha, patch_id) for patch_id, sha in pairs))
        # Where git fails midway one of them is shorter, and leaving the streams says why.
        for commit, of_files, patch_id in zip(_counts(counts), lines, patch_ids, strict=False):
            commit.lines = of_files or {}
            if patch_id:
                commit.said["patch_id"] = patch_id
            yield commit


def _beside(ids: list[str], found: Iterator[tuple[str, _T]]) -> Iterator[_T | None]:
    """What a stream that leaves commits out says of each of `ids`, in whose order it is."""
    sha, value = next(found, ("", None))
    for wanted in ids:
        if wanted == sha:
            yield value
            sha, value = next(found, ("", None))
        else:
            yield None


def _counts(stream: IO[bytes]) -> Iterator[Commit]:
    """Commits and their files as `diff-tree -z --numstat` prints them."""
    commit, tokens = None, _tokens(stream)
    for token in tokens:
        added, tab, rest = token.lstrip(b"\n").partition(b"\t")
        if tab and commit:  # a file: nothing else that stands here has a tab in it
            deleted, _, path = rest.partition(b"\t")
            old_path = b"" if path else next(tokens, b"")
            path = path or next(tokens, b"")
            numbers = (None, None) if added == b"-" else (int(added), int(deleted))
            commit.files.append(File(path, old_path, *numbers))
        elif added:
            if commit:
                yield commit
            texts = [added, *(next(tokens, b"") for _ in range(len(_FIELDS) - 1))]
            commit = Commit({name: _value(name, text) for name, text in zip(_FIELDS, texts, strict=True)})
    if commit:
        yield commit


def _tokens(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while block := stream.read(1 << 16):
        *tokens, rest = (rest + block).split(b"\0")
        yield from tokens


def _value(name: str, text: bytes) -> object:
    value = text.decode("utf-8", "replace").strip("\n")
    if name == "parents":
        return value.split()
    return _time(value) if name.endswith("_at") else value


def _time(raw: str) -> str | None:
    """`1769936700 +0100` as ISO 8601; in UTC where there is no such zone, null where no such time."""
    seconds, _, zone = raw.partition(" ")
    for sign, hours, minutes in ((zone[:1], zone[1:3], zone[3:]), ("+", "0", "0")):
        try:
            offset = timezone(timedelta(hours=int(sign + hours), minutes=int(sign + minutes)))
            return datetime.fromtimestamp(int(seconds), offset).isoformat()
        except (ValueError, OverflowError, OSError):
            continue
    return None


def _lines(patches: Iterable[bytes]) -> Iterator[tuple[str, dict[bytes, Lines]]]:
    """The lines of each commit in a stream of patches without white space."""
    sha, path, patch, lines = "", b"", _Patch(), iter(patches)
    for line in lines:
        if hunk := _HUNK.match(line):
            patch.add(path, lines, sum(int(size or 1) for size in hunk.groups()))
        elif line.startswith((b"--- ", b"+++ ")):
            path = _path(line) or path
        elif found := _ID.fullmatch(line):
            if sha:
                yield sha, patch.settled()
            sha, patch = found[1].decode(), _Patch()
    if sha:
        yield sha, patch.settled()


class _Patch:
    """The lines of one commit; kept as hashes, eight bytes a line, because it may be of any size."""

    def __init__(self) -> None:
        self._files: dict[bytes, tuple[Lines, array[int]]] = {}
        self._gone = array("q")

    def add(self, path: bytes, lines: Iterator[bytes], left: int) -> None:
        """Takes the lines of a hunk. Any of them can look like a header: only their number ends it."""
        counts, arrived = self._files.setdefault(path, (Lines(), array("q")))
        for line in lines:
            mark = line[0]
            if mark == _BACKSLASH:  # says of the line before it that no newline follows
                continue
            left -= 2 if mark == _SPACE else 1
            text = b"" if mark == _SPACE else line[1:].translate(None, _WHITE)
            if text:
                if mark == _PLUS:
                    counts.added += 1
                else:
                    counts.deleted += 1
                if len(text) >= _MOVABLE:
                    (arrived if mark == _PLUS else self._gone).append(hash(text))
            if not left:
                return

    def settled(self) -> dict[bytes, Lines]:
        """The counts, now with the lines that went away elsewhere in the commit and arrived here."""
        gone = Counter(self._gone)
        for counts, arrived in self._files.values():
            for line in arrived if gone else ():
                if gone[line] > 0:
                    gone[line] -= 1
                    counts.moved += 1
        return {path: counts for path, (counts, _) in self._files.items()}


def _path(line: bytes) -> bytes:
    """The path in `--- a/path` or `+++ b/path`, empty where there is no such file."""
    name = line[4:].removesuffix(b"\n").removesuffix(b"\t")  # git ends a name with a space in it by a tab
    if name == b"/dev/null":
        return b""
    if name.startswith(b'"'):
        name = re.sub(rb"\\([0-7]{3}|.)", _unescaped, name[1:-1])
    return name[2:]


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 8) if len(escape[1]) == 3 else _ESCAPED[escape[1][0]]])
