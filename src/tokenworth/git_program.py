"""Runs the program git in one repository, so that it answers the same whoever asks."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from tokenworth.errors import TokenworthError, UsageError

# Set inside a git hook, for example; each would lead git to another repository or another answer.
_MISLEADING = {
    f"GIT_{name}"
    for name in (
        "DIR WORK_TREE COMMON_DIR INDEX_FILE OBJECT_DIRECTORY ALTERNATE_OBJECT_DIRECTORIES NAMESPACE PREFIX"
        " SHALLOW_FILE GRAFT_FILE REPLACE_REF_BASE EXTERNAL_DIFF DIFF_OPTS"
    ).split()
}


class Git:
    """Git in the repository at `path`. Raises UsageError where that is no folder."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise UsageError(f"there is no folder {path}", todo="Name the folder of a git repository.")
        self.path = path
        self._command = ["git", "--no-pager", "--no-replace-objects", "-C", str(path)]
        self._command += ["-c", "core.quotePath=true", "-c", "diff.suppressBlankEmpty=false"]
        # A flush after each commit would make it a write of its own; a prompt would wait for ever.
        said = {"LC_ALL": "C", "GIT_FLUSH": "0", "GIT_TERMINAL_PROMPT": "0"}
        self._environment = {k: v for k, v in os.environ.items() if k not in _MISLEADING} | said

    def text(self, *arguments: str, given: str = "", optional: bool = False) -> str:
        """What git answers to a small question; empty where it fails at an `optional` one.

        Raises UsageError where git is missing, or fails.
        """
        try:
            done = subprocess.run(  # noqa: S603
                [*self._command, *arguments],
                input=given.encode("utf-8", "surrogateescape"),
                capture_output=True,
                env=self._environment,
                check=False,
            )
        except OSError as error:
            todo = "Install git, and see that it is on the PATH."
            raise UsageError(f"git cannot be run: {error.strerror}", todo=todo) from error
        if done.returncode and not optional:
            what = f"git cannot read a repository at {self.path}: {readable(done.stderr).strip()}"
            raise UsageError(what, todo="Name the folder of a git repository.")
        return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    @contextmanager
    def stream(self, *arguments: str, given: Iterable[str] = (), into: Sequence[str] = ()) -> Iterator[IO[bytes]]:
        """Git's output as it comes, `given` a line each on its input; `into` is a second command that reads it.

        Raises TokenworthError at the end where git failed.
        """
        processes: list[subprocess.Popen[bytes]] = []
        with TemporaryFile() as complaints:
            with ExitStack() as stack:
                source: IO[bytes] = stack.enter_context(TemporaryFile())
                source.writelines(f"{line}\n".encode() for line in given)
                source.seek(0)
                for said in filter(None, (arguments, into)):
                    process = subprocess.Popen(  # noqa: S603
                        [*self._command, *said],
                        stdin=source,
                        stdout=subprocess.PIPE,
                        stderr=complaints,
                        env=self._environment,
                    )
                    processes.append(stack.enter_context(process))
                    source.close()  # else the first command would not notice the end of the second
                    assert process.stdout is not None  # noqa: S101
                    source = process.stdout
                yield source
            # One that was killed by a closed pipe is no failure: another error made us stop reading.
            if any(process.returncode not in (0, -signal.SIGPIPE) for process in processes):
                complaints.seek(0)
                what = readable(complaints.read()).strip()[-2000:]
                raise TokenworthError(f"git failed in {self.path}: {what}", todo="See what is wrong with: git fsck")


def readable(name: bytes) -> str:
    """Names are bytes to git; what is not UTF-8 in them is shown as such, so that they stay distinct."""
    return name.decode("utf-8", "backslashreplace")
