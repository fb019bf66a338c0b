"""Who is who, in the format of our own: members, accounts, teams; and the names of repositories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tokenworth.simulate.organisation import COMPANY, Organisation, Person
from tokenworth.simulate.sessions import Session
from tokenworth.simulate.zone import Zone

MEMBERS, ACCOUNTS, TEAMS, ALIASES = "people_members", "people_accounts", "people_teams", "repositories"
_SPAN = ["valid_from", "valid_to"]


def write(zone: Zone, organisation: Organisation, sessions: list[Session]) -> None:
    members: list[list[object]] = [
        [p.person_id, p.name, p.email, seat.team_id, seat.since, _day(seat.until)]
        for p in organisation.employees
        for seat in p.seats
    ]
    reviewer = organisation.reviewer
    members.append([reviewer.person_id, reviewer.name, "", "", "", ""])
    zone.table(MEMBERS, "people/members.csv", ["person_id", "display_name", "email", "team_id", *_SPAN], members)
    accounts = [
        [p.person_id, system, account, _day(p.since), _day(p.until)]
        for p in [*organisation.employees, reviewer]
        for system, account in _accounts(p)
    ]
    zone.table(ACCOUNTS, "people/accounts.csv", ["person_id", "system", "account", *_SPAN], accounts)
    teams = [[t.team_id, t.name, t.parent, _day(t.since), _day(t.until)] for t in organisation.teams]
    zone.table(TEAMS, "people/teams.csv", ["team_id", "team_name", "parent_team_id", *_SPAN], teams)
    zone.table(ALIASES, "repositories.csv", ["alias", "repository"], _aliases(organisation, sessions))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _accounts(person: Person) -> Iterator[tuple[str, str]]:
    """The accounts that do not follow from the person's e-mail."""
    if person.person_id and not person.login:
        yield "litellm", person.person_id
        return
    yield "github", person.login
    yield "jira", person.jira_account
    yield "git", person.git_email
    if person.tools.transcripts:
        yield "claude_code", person.machine
    if person.tools.otel:
        yield "otel", person.account_uuid
    if person.tools.copilot:
        yield "otel", person.login
    if person.tools.gateway or person.tools.programs:
        yield "litellm", person.key_alias
    if person.tools.gemini_cli:
        yield "gemini_cli", person.login


def _aliases(organisation: Organisation, sessions: list[Session]) -> Iterator[tuple[str, str]]:
    """Where people have their clones, and what the repositories were once called."""
    folders = {
        session.folder: session.repository.name
        for session in sessions
        if session.repository and "/.worktrees/" not in session.folder
    }
    yield from sorted(folders.items())
    for repository in organisation.repositories:
        yield f"git@github.com:{COMPANY}/{repository.short}.git", repository.name
        if repository.formerly:
            yield f"github.com/{COMPANY}/{repository.formerly}", repository.name
