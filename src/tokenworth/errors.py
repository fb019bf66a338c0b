"""Errors that a person can act on: what is wrong, and what to do about it."""

from __future__ import annotations


class TokenworthError(Exception):
    """Something went wrong that is not a bug; shown without a traceback.

    `exit_code` follows the command line's contract: 1 the checks refused to publish, 2 wrong
    usage or unreadable configuration, 3 the pipeline failed.
    """

    exit_code = 3

    def __init__(self, what: str, *, todo: str = "") -> None:
        super().__init__(f"{what}\n{todo}" if todo else what)
        self.what = what
        self.todo = todo


class UsageError(TokenworthError):
    """A path, an option or a setting that cannot be used as given."""

    exit_code = 2


class PublicationRefusedError(TokenworthError):
    """A critical check failed: the old publication stays in force."""

    exit_code = 1


class DamagedError(TokenworthError):
    """A database file that cannot be read any more."""


class WarehouseBusyError(TokenworthError):
    """Another run, or a reader that keeps the file open, holds the warehouse."""
