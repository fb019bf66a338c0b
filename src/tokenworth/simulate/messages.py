"""What people write about their work: names of branches, messages of commits, texts of pull requests."""

from __future__ import annotations

from tokenworth.simulate import words
from tokenworth.simulate.issues import JIRA
from tokenworth.simulate.models import OPUS_46_SINCE
from tokenworth.simulate.organisation import COMPANY
from tokenworth.simulate.tasks import Commit, Step, Task

_CARRIES_KEY = 6  # habits below this put the issue's key into the branch


def name_branch(task: Task) -> str:
    """As the author names branches: with the login, with the issue's key, or with words only."""
    slug = words.slug(task.title)
    if task.author.is_bot:
        return f"dependabot/npm_and_yarn/{slug}"
    if task.reverts:
        return f"revert-{task.reverts.number}-{task.reverts.branch}"
    key = f"{task.issues[0].external_id}-" if task.issues and task.naming < _CARRIES_KEY else ""
    if task.naming < 5:
        return f"{task.author.login}/{key}{slug}"
    return f"feature/{key}{slug}" if key else slug


def headline(task: Task) -> str:
    """The pull request's title; some people put the issue's key in front."""
    if task.issues and task.issues[0].tracker == JIRA and task.naming == 0:
        return f"{task.issues[0].external_id}: {task.title}"
    return task.title


def describe(task: Task) -> str:
    """The pull request's text, which says what it closes or reverts."""
    if task.author.is_bot:
        return f"{task.title}. Release notes and commits are in the repository of the dependency."
    lines = [f"{task.title}. Checked by {task.author.name} in staging."]
    if task.reverts:
        lines.append(f"Reverts {COMPANY}/{task.repository.short}#{task.reverts.number}")
    for position, issue in enumerate(task.issues):
        if issue.tracker != JIRA:
            lines.append(f"Closes #{issue.number}")
        elif position == 0 and task.naming in (1, 3):  # the branch says it as well
            lines.append(f"For {issue.external_id}.")
        else:
            lines.append(f"Fixes {issue.external_id}.")
    return "\n\n".join(lines)


def commit_message(task: Task, step: Step, reverted: list[Commit]) -> str:
    """A commit's message with its trailers; `reverted` are the commits that it takes back, if any."""
    subject, body, trailers = step.subject, [], []
    if reverted:
        if step.takes_back:
            subject = f'Revert "{task.pushed[-1].subject}"'
        body.append("\n".join(f"This reverts commit {commit.sha}." for commit in reverted))
    issue = task.issues[0] if task.issues else None
    if issue and issue.tracker == JIRA and task.naming % 3 == 0 and not reverted:
        subject = f"{issue.external_id}: {subject}"
    elif issue and task.naming % 3 == 1 and step is task.steps[-1]:
        body.append(f"fixes {issue.mention}")
    if step.signed:
        trailers.append(_signature(task, step))
    if step.checkpoint:
        trailers.append(f"Entire-Checkpoint: {step.checkpoint}")
    return "\n\n".join([subject, *body, *(["\n".join(trailers)] if trailers else [])])


def _signature(task: Task, step: Step) -> str:
    if not task.author.tools.claude_code:
        return "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>"
    model = "Claude Opus 4.6" if step.at >= OPUS_46_SINCE else "Claude Opus 4.5"
    return f"Co-Authored-By: {model} <noreply@anthropic.com>"


def squash_message(task: Task) -> str:
    """What GitHub proposes: the title, and every message below it when there were several."""
    if len(task.pushed) == 1:
        _, newline, rest = task.pushed[0].message.partition("\n")
        return f"{task.headline} (#{task.number}){newline}{rest}"
    messages = "\n\n".join(f"* {commit.message}" for commit in task.pushed)
    return f"{task.headline} (#{task.number})\n\n{messages}"


def merge_message(task: Task) -> str:
    return f"Merge pull request #{task.number} from {COMPANY}/{task.branch}\n\n{task.headline}"


def reverted_commits(task: Task, step: Step) -> list[Commit]:
    """The commits that a step takes back: the one before it, or what the reverted task had landed."""
    if step.takes_back:
        return task.pushed[-1:]
    if task.reverts and step is task.steps[0]:
        return task.reverts.landed
    return []
