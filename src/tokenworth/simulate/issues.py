"""Issues of Jira and GitHub: what was asked for, and how it moved until it was done, or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tokenworth.simulate.organisation import Person

JIRA, GITHUB = "jira", "github"
# A workflow's statuses: id and category, as Jira has them.
STATUSES = {
    "To Do": ("10000", "new"),
    "In Progress": ("3", "indeterminate"),
    "In Review": ("10001", "indeterminate"),
    "Done": ("10002", "done"),
}
DELIVERING = ("Done", "completed")


@dataclass(frozen=True)
class Move:
    """A change of status, with the resolution that it set; GitHub knows only open and closed."""

    at: datetime  # UTC, whole minutes: a Jira CSV tells no more
    status: str
    resolution: str = ""


@dataclass(eq=False)
class Issue:
    tracker: str
    container: str  # key of the project, or the repository
    kind: str
    title: str
    reporter: Person
    assignee: Person | None
    created_at: datetime
    moves: list[Move] = field(default_factory=list)
    parent: Issue | None = None
    labels: tuple[str, ...] = ()
    number: int = 0  # given when all issues are known

    @property
    def external_id(self) -> str:
        return f"{self.container}-{self.number}" if self.tracker == JIRA else str(self.number)

    @property
    def mention(self) -> str:
        """How messages and pull requests name it."""
        return self.external_id if self.tracker == JIRA else f"#{self.number}"

    @property
    def status(self) -> str:
        return self.moves[-1].status if self.moves else "To Do"

    @property
    def resolution(self) -> str:
        return self.moves[-1].resolution if self.moves else ""

    @property
    def updated_at(self) -> datetime:
        return self.moves[-1].at if self.moves else self.created_at

    @property
    def shipped_at(self) -> datetime | None:
        """When it was delivered, for good or until it was reopened."""
        return next((m.at for m in reversed(self.moves) if m.resolution in DELIVERING), None)

    @property
    def undone_at(self) -> datetime | None:
        """When it was reopened after delivery, unless it was delivered again since."""
        if self.shipped_at is None or self.resolution:
            return None
        return next((m.at for m in self.moves if m.at > self.shipped_at), None)

    @property
    def state(self) -> str:
        if self.undone_at:
            return "undone"
        if not self.resolution:
            return "open"
        return "shipped" if self.resolution in DELIVERING else "abandoned"

    def move(self, at: datetime, status: str, resolution: str = "") -> None:
        """Moves on, on a whole minute and never before the last move."""
        self.moves.append(Move(max(whole_minute(at), self.updated_at), status, resolution))

    def close(self, at: datetime, *, delivered: bool = True, refusal: str = "Won't Do") -> None:
        if self.tracker == JIRA:
            self.move(at, "Done", "Done" if delivered else refusal)
        else:
            self.move(at, "closed", "completed" if delivered else "not_planned")

    def reopen(self, at: datetime) -> None:
        self.move(at, "In Progress" if self.tracker == JIRA else "reopened")


def whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def number_issues(issues: list[Issue]) -> None:
    """Gives Jira's issues their keys, in order of creation. GitHub counts them with its pull requests."""
    counts: dict[str, int] = {}
    for issue in sorted(issues, key=lambda i: i.created_at):
        if issue.tracker == JIRA:
            counts[issue.container] = issue.number = counts.get(issue.container, 0) + 1
