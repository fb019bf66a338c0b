"""Who is who: the drawn people with names, accounts, tools and machines, their teams and repositories."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from tokenworth.simulate.chance import HEX, codes
from tokenworth.simulate.organisation import (
    COMPANY,
    Organisation,
    Person,
    Repository,
    Seat,
    Team,
    Tools,
    draw_names,
    others,
    team_name,
)
from tokenworth.simulate.staged import people as staged
from tokenworth.simulate.staged.columns import people_keys, team_ids

# Who uses Claude Code is told of by transcripts or by events; Copilot and programs by what they have.
_KITS = (Tools(transcripts=True, copilot=True), Tools(otel=True, copilot=True), Tools(otel=True, copilot=True))
_MERGING = ("squash", "merge", "rebase")
_TENURE = timedelta(days=400)


def name_people(org: staged.Organisation, rng: np.random.Generator, beside: Organisation | None = None) -> Organisation:
    """An employee a person by position, a repository a team (and one more), all under the ids of the truth.

    Where they are in a company with others, the names of these are taken, and its bots work for them, too.
    """
    people = org.people
    taken = [person.name for person in beside.employees] if beside else []
    ids = people_keys(np.arange(people)).tolist()
    names = [name for name in draw_names(rng, people + len(taken)) if name not in taken][:people]
    jira, laptops = codes(rng, people, 24, HEX), codes(rng, people, 4, "0123456789")
    seats = _seats(org)
    employees = []
    first = len(beside.everybody) if beside else 0
    for i, (person_id, name) in enumerate(zip(ids, names, strict=True)):
        if org.is_service[i]:
            employees.append(_program(first + i, person_id, seats[i]))
            continue
        plain = name.lower().replace(" ", ".")
        login, email = plain.replace(".", "-"), f"{plain}@{COMPANY}.example"
        employees.append(
            Person(
                index=first + i,
                person_id=person_id,
                name=name,
                email=email,
                login=login,
                git_email=email if i % 5 else f"{40000 + first + i}+{login}@users.noreply.github.com",
                jira_account=jira[i],
                machine=f"mbp-{laptops[i]}-{first + i}",
                home=f"/Users/{plain}" if i % 3 else f"/home/{plain}",
                utc_offset=int(org.utc_offset[i]),
                tools=_KITS[i % len(_KITS)],
                seats=seats[i],
            )
        )
    teams = _teams(team_ids(np.arange(org.teams)).tolist(), beside)
    repositories = tuple(
        Repository(f"service-{i:02d}", _MERGING[i % len(_MERGING)], f"T{i:02d}", ("src",)) for i in range(org.teams + 1)
    )
    bots = (beside.dependabot, beside.reviewer, beside.stranger) if beside else others(people)
    return Organisation(employees, *bots, teams, repositories=repositories)


def _teams(ids: list[str], beside: Organisation | None) -> list[Team]:
    if not beside:
        return [Team("all", "Acme", ""), *(Team(team, team.replace("team-", "Team "), "all") for team in ids)]
    return [Team(team, team_name(len(beside.by_team) + i), "product") for i, team in enumerate(ids)]


def _program(i: int, person_id: str, seats: tuple[Seat, ...]) -> Person:
    """A service account: it has no e-mail, no login and no time zone."""
    tools = Tools(programs=True)
    return Person(i, person_id, f"Batch jobs {i}", "", "", "", "", "", "", 0, tools, seats)


def _seats(org: staged.Organisation) -> list[tuple[Seat, ...]]:
    found: list[list[Seat]] = [[] for _ in range(org.people)]
    spans = org.memberships()
    for row, team in zip(spans.itertuples(), team_ids(spans["team"]), strict=True):
        begins, ends = (org.first_day + timedelta(days=int(day)) for day in (row.from_day, row.to_day))
        until = None if row.to_day == org.days else ends
        found[row.person].append(Seat(team, begins if row.from_day else begins - _TENURE, until))
    return [tuple(seats) for seats in found]
