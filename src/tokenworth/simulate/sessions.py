"""Sessions: who sat down with which tool, what for, and what of that the exports will be able to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from tokenworth.simulate.chance import uuids
from tokenworth.simulate.issues import JIRA
from tokenworth.simulate.organisation import REPOSITORIES, Organisation, Person, Repository
from tokenworth.simulate.tasks import Step, Task
from tokenworth.simulate.work import Work
from tokenworth.simulate.working_time import HOURS_A_DAY, WorkingTime

CLAUDE_CODE, COPILOT, GEMINI_CLI, API = "claude_code", "copilot", "gemini_cli", "api"
_IDLE_A_WEEK = 0.54  # sessions a person and week that no outcome needed
# Shares of sessions that run on a branch which says nothing, or something wrong, of what they serve.
_ON_MAIN, _ON_LAST_BRANCH = 0.07, 0.05
_OLD_CLIENT, _NEW_CLIENT = "2.1.31", "2.1.126"


@dataclass(eq=False)
class Session:
    """One conversation. `tags` are what it says of itself, in the words of `landing`'s tags."""

    session_id: str
    person: Person
    tool: str
    ends_at: datetime  # UTC
    repository: Repository | None = None
    task: Task | None = None
    step: Step | None = None
    branch: str = ""  # checked out meanwhile
    folder: str = ""
    version: str = _NEW_CLIENT
    hour_cache: bool = False  # writes its cache for an hour instead of five minutes
    wide: bool = False  # works with a context far above the usual one
    delegates: bool = False  # to a sub-agent
    in_transcript: bool = False
    in_otel: bool = False
    in_gateway: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    names_commit: bool = False  # an event of it holds the id of the commit
    links_pull_request: bool = False
    resumes: Session | None = None  # and copies its lines

    @property
    def is_old_client(self) -> bool:
        """Writes placeholders for output tokens."""
        return self.version == _OLD_CLIENT

    @property
    def program(self) -> str:
        """How a program that calls models by itself names itself to the gateway."""
        return "OpenAI/Python 1.99.1" if self.person.seats else "acme-review/1.4.0"

    @property
    def evidence(self) -> list[str]:
        """By what the exports lead from this session to a piece of work."""
        task, found = self.task, []
        if task is None:
            return []
        if self.in_transcript and self.branch and self.branch == task.branch:
            issue = task.issues[0] if task.issues else None
            if task.has_pull_request:
                found.append("branch")
            if issue and issue.tracker == JIRA and issue.external_id in self.branch:
                found.append("issue_key")
        if self.names_commit:
            found.append("commit")
        if self.links_pull_request:
            found.append("pr_link")
        if self.in_transcript and self.step and self.step.checkpoint and task.ending != "unshared":
            found.append("entire")
        branch_leads = task.has_pull_request and self.tags.get("branch") == task.branch
        if branch_leads or self.tags.keys() & {"ticket", "pr"}:
            found.append("tags")
        return found


def draw_sessions(organisation: Organisation, work: Work, time: WorkingTime, rng: np.random.Generator) -> list[Session]:
    """Sessions of the weeks whose usage was collected, in order of their ends."""
    found = [*_of_tasks(work, time, rng), *_idle(organisation, time, rng), *_reviews(organisation, work, time, rng)]
    found.sort(key=lambda session: session.ends_at)
    for session, session_id in zip(found, uuids(rng, len(found)), strict=True):
        session.session_id = session_id
    _describe(found, time, rng)
    _resume(found)
    return found


def _of_tasks(work: Work, time: WorkingTime, rng: np.random.Generator) -> list[Session]:
    """Before a commit people talk to a model, some of them several times."""
    planned = [(task, step, nth) for task in work.tasks for step in task.steps for nth in range(step.sessions)]
    tool, off_branch = rng.random((2, len(planned)))
    pause = rng.uniform(0.2, 1.2, len(planned))  # hours
    before = _branches_before(work.tasks)
    sessions = []
    for i, (task, step, nth) in enumerate(planned):
        session = Session(
            "",
            task.author,
            CLAUDE_CODE if nth == 0 and step.checkpoint else _tool(task.author, float(tool[i])),
            time.moment(max(step.hours - nth * float(pause[i]), time.begins + 2), task.author.utc_offset)
            - timedelta(seconds=30),
            task.repository,
            task,
            step,
        )
        # Some look around before they have a branch, and some forget that they are still on the last one.
        session.branch = task.branch or "main"
        if off_branch[i] < _ON_MAIN:
            session.branch = "main"
        elif off_branch[i] < _ON_MAIN + _ON_LAST_BRANCH:
            session.branch = before[task]
        sessions.append(session)
    return sessions


def _branches_before(tasks: list[Task]) -> dict[Task, str]:
    """The branch on which each author was, in that repository, before beginning a task."""
    last: dict[tuple[Person, Repository], str] = {}
    before = {}
    for task in sorted(tasks, key=lambda task: task.steps[0].at):
        place = (task.author, task.repository)
        before[task] = last.get(place, "main")
        last[place] = task.branch or "main"
    return before


def _tool(person: Person, chance: float) -> str:
    tools = person.tools
    weights = {CLAUDE_CODE: 1.0 * tools.claude_code, COPILOT: 0.6 * tools.copilot, GEMINI_CLI: 0.4 * tools.gemini_cli}
    weights[API] = 0.3 * tools.programs
    left = chance * sum(weights.values())
    for tool, weight in weights.items():
        left -= weight
        if left < 0:
            return tool
    return CLAUDE_CODE


def _idle(organisation: Organisation, time: WorkingTime, rng: np.random.Generator) -> list[Session]:
    """Questions, attempts and games that led nowhere; also everything the unknown machine did."""
    weeks = (time.ends - time.begins) / (5 * HOURS_A_DAY)
    users = [p for p in organisation.employees if p.tools.claude_code or p.tools.copilot]
    counts = rng.poisson(_IDLE_A_WEEK * weeks, len(users)).tolist()
    who = [p for p, count in zip(users, counts, strict=True) for _ in range(count)]
    who += [organisation.stranger] * int(3 * weeks)
    hours = rng.uniform(time.begins + 4, time.ends, len(who))
    tool, place = rng.random((2, len(who)))
    sessions = []
    for i, person in enumerate(who):
        ends_at = time.moment(float(hours[i]), person.utc_offset)
        team = person.team_on(ends_at.date())
        if person.seats and not team:
            continue
        session = Session("", person, _tool(person, float(tool[i])), ends_at)
        if place[i] < 0.75:
            session.repository = organisation.by_team[team][0] if team else REPOSITORIES[i % 4]
            session.branch = "main" if place[i] < 0.6 else f"{person.login or 'lab'}/spike-{i}"
        sessions.append(session)
    return sessions


def _reviews(organisation: Organisation, work: Work, time: WorkingTime, rng: np.random.Generator) -> list[Session]:
    """An agent reads new pull requests of one repository, and says on its requests which."""
    first = time.moment(time.begins, 0)
    sessions = []
    for task in work.pull_requests:
        if task.opened_at and task.opened_at > first and task.repository is REPOSITORIES[0] and not task.author.is_bot:
            ends_at = task.opened_at + timedelta(minutes=40)
            session = Session("", organisation.reviewer, API, ends_at, task.repository, task, in_gateway=True)
            if rng.random() < 0.85:
                session.tags = {"repo": task.repository.name, "pr": str(task.number)}
            sessions.append(session)
    return sessions


def _describe(sessions: list[Session], time: WorkingTime, rng: np.random.Generator) -> None:
    """Where each session ran, by which ways it is exported, and what it says of its work."""
    lost, hour, wide, delegates, tagged, shown, linked = rng.random((7, len(sessions)))
    upgrades: dict[Person, datetime] = {}
    for i, session in enumerate(sessions):
        person, tools = session.person, session.person.tools
        if person not in upgrades:
            upgrades[person] = time.moment(float(rng.uniform(time.begins, time.ends)), 0)
        session.version = _NEW_CLIENT if session.ends_at > upgrades[person] else _OLD_CLIENT
        session.folder = _folder(session, i)
        if session.tool == API:
            session.in_gateway = True
        elif session.tool == COPILOT:
            session.in_otel = True
        elif session.tool == CLAUDE_CODE:
            session.in_otel, session.in_gateway = tools.otel, tools.gateway
            # Some machines delete a transcript before it is collected; then the events remain.
            checkpointed = session.step is not None and session.step.checkpoint != ""
            gone = tools.otel and not tools.gateway and not checkpointed and lost[i] < 0.15
            session.in_transcript = tools.transcripts and not gone
            session.hour_cache = session.in_transcript and hour[i] < 0.3
            session.wide = wide[i] < 0.02
            session.delegates = session.in_transcript and delegates[i] < 0.12
        task = session.task
        if task is None or session.tool == GEMINI_CLI:
            continue
        if person.seats and (session.in_otel or session.in_gateway) and tagged[i] < 0.65:
            session.tags = _tags(session, task, i)
        if session.tool == CLAUDE_CODE:
            committed = bool(session.step) and task.ending != "unshared"
            session.names_commit = session.in_otel and committed and shown[i] < 0.8
            last = [step for step in task.steps if task.opened_at and step.at < task.opened_at][-1:]
            session.links_pull_request = session.in_transcript and [session.step] == last and linked[i] < 0.35


def _folder(session: Session, position: int) -> str:
    """Where the repository is checked out; some work in a worktree of it, some outside of any."""
    if not session.repository:
        return f"{session.person.home}/Desktop/notes"
    folder = f"{session.person.home}/src/{session.repository.short}"
    return f"{folder}/.worktrees/{position % 3}" if position % 29 == 7 else folder


def _tags(session: Session, task: Task, position: int) -> dict[str, str]:
    """What a person's environment puts on every request, in one of three fashions."""
    tags = {"repo": task.repository.name}
    issue = task.issues[0] if task.issues else None
    if issue and position % 3 < 2:
        tags["ticket"] = issue.external_id if issue.tracker == JIRA else f"{_owner_and_name(task)}#{issue.number}"
    if session.branch and position % 3 > 0:
        tags["branch"] = session.branch
    return tags


def _owner_and_name(task: Task) -> str:
    return task.repository.name.partition("/")[2]


def _resume(sessions: list[Session]) -> None:
    """Every eighth conversation that can goes on where an earlier one of the same task ended."""
    latest: dict[tuple[Task | None, Person], Session] = {}
    candidates = 0
    for session in sessions:
        if session.tool != CLAUDE_CODE or not session.in_transcript or session.task is None:
            continue
        key = (session.task, session.person)
        if key in latest:
            candidates += 1
            if candidates % 8 == 1:
                session.resumes = latest[key]
        latest[key] = session
