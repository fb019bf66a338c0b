"""What the company worked on: ordinary tasks drawn by chance, and the special cases beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tokenworth.simulate.episodes import stage_episodes
from tokenworth.simulate.history import Release, replay
from tokenworth.simulate.issues import Issue, number_issues
from tokenworth.simulate.organisation import REPOSITORIES, Organisation, Person, Repository
from tokenworth.simulate.tasks import MERGED, Commit, Planner, Step, Task
from tokenworth.simulate.working_time import HOURS_A_DAY, WorkingTime

_TASKS_A_WEEK = 1.12
_REVERTED = 0.02  # of what was merged
_MOST_COMMITS = 6
_RELEASE_EVERY = 5 * HOURS_A_DAY  # hours
_UPDATES = (
    "lodash 4.17.21",
    "urllib3 2.6.2",
    "golang.org/x/net 0.48.0",
    "vite 7.3.0",
    "pydantic 2.12.5",
)


@dataclass
class Work:
    """Everything that was worked on; commits by repository in order of time."""

    tasks: list[Task]
    issues: list[Issue]
    commits: dict[str, list[Commit]]
    releases: list[Release]
    repositories: tuple[Repository, ...] = REPOSITORIES

    @property
    def pull_requests(self) -> list[Task]:
        return [task for task in self.tasks if task.has_pull_request]


def draw_work(organisation: Organisation, time: WorkingTime, rng: np.random.Generator) -> Work:
    planner = Planner(organisation, time, rng)
    _import_repositories(planner)
    stage_episodes(planner)
    _draw_tasks(planner)
    _draw_backlog(planner)
    _draw_updates(planner)
    number_issues(planner.issues)
    releases = _plan_releases(planner)
    commits = replay(planner.tasks, planner.issues, releases, organisation, rng)
    return Work(planner.tasks, planner.issues, commits, releases)


def _import_repositories(planner: Planner) -> None:
    """The first commit of each repository, long before."""
    for i, repository in enumerate(REPOSITORIES):
        at = planner.time.moment(0, 0) - timedelta(days=40 + i)
        author = planner.organisation.steady[i]
        title = "Import from the old repository"
        planner.tasks.append(Task(author, repository, title, "direct", [Step(at, 0.0, title)], closed_at=at))


def _draw_tasks(planner: Planner) -> None:
    """Ordinary work of everybody, all numbers drawn at once."""
    rng, time, staff = planner.rng, planner.time, planner.organisation.employees
    weeks = time.ends / (5 * HOURS_A_DAY)
    pace = _TASKS_A_WEEK * rng.lognormal(-0.06, 0.35, len(staff))
    who = np.repeat(np.arange(len(staff)), rng.poisson(pace * weeks))
    count = len(who)
    starts = rng.uniform(0, time.ends - 1, count)
    commits = np.minimum(1 + rng.poisson(1.4, count), _MOST_COMMITS)
    hours = rng.gamma(2.0, 1.5, (count, _MOST_COMMITS)) + 0.25
    latency = rng.gamma(1.5, 4.0, count) + 0.3
    ending, elsewhere, asked, late, regretted = rng.random((5, count))
    for i in np.argsort(starts).tolist():
        person = staff[who[i]]
        spent = hours[i, : commits[i]].tolist()
        done = starts[i] + sum(spent) + latency[i] + 1
        if not _employed(person, time, float(starts[i]), float(done)):
            continue
        repository = _repository(planner.organisation, person, time, float(starts[i]), float(elsewhere[i]))
        task = planner.task(
            person,
            repository,
            float(starts[i]),
            spent,
            _ending(repository, float(ending[i])),
            latency=float(latency[i]),
            late_fix=bool(late[i] < 0.3),
        )
        if task.steps and task.ending != "direct" and (asked[i] < 0.75 or task.ending == "unshared"):
            planner.issue_for(task, kind=("Story", "Bug", "Task")[i % 3])
        if task.ending in MERGED and regretted[i] < _REVERTED:
            _take_back(planner, task, float(done) + 10 * float(late[i]))


def _take_back(planner: Planner, task: Task, start: float) -> None:
    """The author reverts a merged change; its issue, where there is one, begins anew."""
    title = f'Revert "{task.title}"'
    revert = planner.task(
        task.author, task.repository, start, [0.4], task.repository.merging, latency=0.5, title=title, reverts=task
    )
    # Where issues are exported without their history nobody could tell that one had been done before.
    if revert.ending in MERGED and revert.closed_at and task.repository.project != "DATA":
        for issue in task.issues:
            issue.reopen(revert.closed_at + timedelta(minutes=15))


def _ending(repository: Repository, chance: float) -> str:
    for ending, upto in (("direct", 0.05), ("unshared", 0.10), ("abandoned", 0.16), ("open", 0.18)):
        if chance < upto:
            return ending
    return repository.merging


def _employed(person: Person, time: WorkingTime, start: float, done: float) -> bool:
    if person.since and start < time.hours_until(person.since):
        return False
    return person.until is None or done < time.hours_until(person.until)


def _repository(
    organisation: Organisation, person: Person, time: WorkingTime, start: float, chance: float
) -> Repository:
    main, other = organisation.by_team[person.team_on(time.moment(start, person.utc_offset).date())]
    return main if chance < 0.8 else other


def _draw_backlog(planner: Planner) -> None:
    """Issues that nobody has begun, and some that were refused unseen."""
    rng, time = planner.rng, planner.time
    for i in range(max(8, len(planner.issues) // 12)):
        repository = REPOSITORIES[i % len(REPOSITORIES)]
        created = time.moment(float(rng.uniform(0, time.ends * 0.7)), 0)
        issue = planner.issue(repository, None, created, ("Bug", "Task", "Story")[i % 3])
        if i % 5 == 3:
            issue.close(issue.created_at + timedelta(hours=3), delivered=False, refusal="Duplicate")


def _draw_updates(planner: Planner) -> None:
    """Dependabot's pull requests: most merged by somebody, some closed by the next one."""
    rng, time = planner.rng, planner.time
    bot = planner.organisation.dependabot
    weeks = int(time.ends // (5 * HOURS_A_DAY))
    for i in range(2 * weeks):
        repository = REPOSITORIES[0] if i % 3 else REPOSITORIES[1]
        start = float(rng.uniform(0, time.ends - 2))
        package, version = _UPDATES[i % len(_UPDATES)].split()
        old = version.rpartition(".")[0] + f".{i}"
        ending = "abandoned" if i % 4 == 3 else repository.merging
        title = f"Bump {package} from {old} to {version}"
        planner.task(bot, repository, start, [0.1], ending, latency=float(rng.gamma(2, 8)), title=title)


def _plan_releases(planner: Planner) -> list[Release]:
    """A release a week of each repository; one repository only tags, and each one's last is special."""
    time = planner.time
    releases = []
    for r, repository in enumerate(REPOSITORIES):
        hours = np.arange(time.begins + 25 + 2 * r, time.ends, _RELEASE_EVERY).tolist()
        for i, at in enumerate(hours):
            author = planner.organisation.steady[(r + i) % len(planner.organisation.steady)]
            tagged = time.moment(at, author.utc_offset)
            release = Release(repository, f"v1.{i + 1}.0", author, tagged)
            if repository.project != "DATA":
                release.published_at = tagged + timedelta(minutes=12)
            if i == len(hours) - 1:
                release.is_prerelease = r == 0
                if r == 1:
                    release.published_at = None
                    release.is_draft = True
            releases.append(release)
    return releases
