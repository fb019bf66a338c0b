"""The people of the simulated company: who they are, in which team since when, and what they work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from tokenworth.simulate.chance import HEX, codes, uuid_of
from tokenworth.simulate.words import FIRST_NAMES, LAST_NAMES

COMPANY = "acme"
_SMALL_TEAM = 4  # one team has fewer people than may be published


@dataclass(frozen=True)
class Tools:
    """By which ways a person's usage reaches the landing zone."""

    transcripts: bool = False  # Claude Code, its transcripts collected
    otel: bool = False  # Claude Code, its events exported
    gateway: bool = False  # Claude Code through the LiteLLM gateway
    copilot: bool = False
    gemini_cli: bool = False
    programs: bool = False  # own programs that call models through the gateway

    @property
    def claude_code(self) -> bool:
        return self.transcripts or self.otel or self.gateway


# Every twelve people hold every combination; the tenth uses no AI at all.
_KITS = (
    Tools(transcripts=True),
    Tools(transcripts=True, otel=True),
    Tools(transcripts=True),
    Tools(copilot=True),
    Tools(transcripts=True, gateway=True),
    Tools(otel=True),
    Tools(transcripts=True, copilot=True),
    Tools(transcripts=True, gemini_cli=True),
    Tools(transcripts=True, otel=True, gateway=True),
    Tools(),
    Tools(transcripts=True),
    Tools(transcripts=True, programs=True),
)
_UTC_OFFSETS = (1, 1, 0, 1, 2, 1, -5, 1)  # hours
LEAVER, JOINER = 0, 2  # positions of the person who leaves, and of the one who inherits the laptop


@dataclass(frozen=True)
class Seat:
    """Membership of a team; `until` is exclusive."""

    team_id: str
    since: date
    until: date | None = None


@dataclass(frozen=True, eq=False)
class Person:
    """Someone, or something, with accounts. `person_id` is empty for whom nobody claims, and for bots."""

    index: int
    person_id: str
    name: str
    email: str
    login: str  # at GitHub
    git_email: str
    jira_account: str
    machine: str  # whose transcripts are collected under this name
    home: str
    utc_offset: int  # hours
    tools: Tools
    seats: tuple[Seat, ...] = ()
    is_bot: bool = False

    def team_on(self, day: date) -> str:
        """The team on a day, or nothing."""
        return next((s.team_id for s in self.seats if s.since <= day and (s.until is None or day < s.until)), "")

    @property
    def account_uuid(self) -> str:
        """What Claude Code's events say of a person who has not logged in with an e-mail."""
        return uuid_of(f"{self.jira_account}{self.index:08x}")

    @property
    def key_alias(self) -> str:
        """The person's virtual key at the gateway."""
        return f"{self.login or self.person_id}-key"

    @property
    def since(self) -> date | None:
        return self.seats[0].since if self.seats else None

    @property
    def until(self) -> date | None:
        return self.seats[-1].until if self.seats else None


@dataclass(frozen=True)
class Team:
    """A team's place in the tree for a span of days; `until` is exclusive."""

    team_id: str
    name: str
    parent: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Repository:
    """A repository, how its pull requests are merged, and where its issues live."""

    short: str
    merging: str  # merge, squash or rebase
    project: str  # key of a Jira project; empty: its own GitHub issues
    folders: tuple[str, ...]
    entire: bool = False  # commits carry Entire checkpoints
    formerly: str = ""  # what it was called once

    @property
    def name(self) -> str:
        return f"github.com/{COMPANY}/{self.short}"


REPOSITORIES = (
    Repository("storefront", "squash", "SHOP", ("web/cart", "web/product", "web/search", "tests"), formerly="shop"),
    Repository("payments-api", "merge", "SHOP", ("src/payments", "src/refunds", "src/webhooks", "tests")),
    Repository("data-pipelines", "rebase", "DATA", ("dags", "models/orders", "models/stock", "tests")),
    Repository("developer-tools", "merge", "", ("cmd", "internal/build", "scripts", "tests"), entire=True),
)

_TEAMS = """
Security|Checkout|Data Platform|Web|Payments|Mobile|Search|Developer Experience|Infrastructure
""".strip().split("|")
_DIVISIONS = (("product", "Product"), ("platform", "Platform"))


@dataclass
class Organisation:
    employees: list[Person]
    dependabot: Person
    reviewer: Person  # a service account: an agent that reviews pull requests
    stranger: Person  # a machine that nobody claims
    teams: list[Team]
    by_team: dict[str, list[Repository]] = field(default_factory=dict)  # the first is its main one
    repositories: tuple[Repository, ...] = REPOSITORIES

    @property
    def everybody(self) -> list[Person]:
        return [*self.employees, self.dependabot, self.reviewer, self.stranger]

    @cached_property
    def steady(self) -> list[Person]:
        """Who was there from the first day to the last."""
        return [p for i, p in enumerate(self.employees) if i not in (LEAVER, JOINER)]


def draw_organisation(rng: np.random.Generator, people: int, first_day: date, weeks: int) -> Organisation:
    """A company of `people` employees; halfway some of them change team, and one team its parent."""
    reorganised = first_day + timedelta(days=7 * max(1, weeks // 2))
    handover = first_day + timedelta(days=7 * max(1, weeks * 5 // 8))
    teams = _draw_teams(people, reorganised)
    leaves = list(dict.fromkeys(t.team_id for t in teams if t.parent in dict(_DIVISIONS)))
    sizes = np.array([_SMALL_TEAM, *(len(s) for s in np.array_split(np.arange(people - _SMALL_TEAM), len(leaves) - 1))])
    places = rng.permutation(np.repeat(np.arange(len(leaves)), sizes))
    movers = set(np.flatnonzero(places == 1)[1:4].tolist()) - {LEAVER, JOINER}
    tenure = rng.integers(100, 1500, people).tolist()
    names = draw_names(rng, people)
    jira, laptops = codes(rng, people, 24, HEX), codes(rng, people, 4, "0123456789")
    employees: list[Person] = []
    for i in range(people):
        name = names[i]
        plain = name.lower().replace(" ", ".")
        since, team = first_day - timedelta(days=tenure[i]), leaves[places[i]]
        seats: tuple[Seat, ...] = (Seat(team, since),)
        if i in movers:
            seats = (Seat(team, since, reorganised), Seat(leaves[2], reorganised))
        elif i == LEAVER:
            seats = (Seat(team, since, handover),)
        elif i == JOINER:
            seats = (Seat(team, handover),)
        login = plain.replace(".", "-")
        email = f"{plain}@{COMPANY}.example"
        employees.append(
            Person(
                index=i,
                person_id=f"p-{1000 + i}",
                name=name,
                email=email,
                login=login,
                git_email=email if i % 5 else f"{40000 + i}+{login}@users.noreply.github.com",
                jira_account=jira[i],
                machine=f"mbp-{laptops[i]}-{i}" if i != JOINER else employees[LEAVER].machine,
                home=f"/Users/{plain}" if i % 3 else f"/home/{plain}",
                utc_offset=_UTC_OFFSETS[i % len(_UTC_OFFSETS)],
                tools=_KITS[i % len(_KITS)],
                seats=seats,
            )
        )
    by_team = {
        team: [REPOSITORIES[i % len(REPOSITORIES)], REPOSITORIES[(i + 1) % len(REPOSITORIES)]]
        for i, team in enumerate(leaves)
    }
    return Organisation(employees, *others(people), teams, by_team)


def draw_names(rng: np.random.Generator, people: int) -> list[str]:
    """First and last names, no two people's alike."""
    firsts, lasts = rng.permutation(FIRST_NAMES).tolist(), rng.permutation(LAST_NAMES).tolist()
    # The lists' lengths have no divisor in common: the pairs repeat after their product.
    repeats = len(firsts) * len(lasts)
    return [
        f"{firsts[i % len(firsts)]} {lasts[i % len(lasts)]}" + (f" {i // repeats + 1}" if i >= repeats else "")
        for i in range(people)
    ]


def _draw_teams(people: int, reorganised: date) -> list[Team]:
    """Two levels of parents above the teams; on `reorganised` the third team changes its parent."""
    count = max(3, round(people / 6.7))
    names = [team_name(i) for i in range(count)]
    teams = [Team("all", "Acme", ""), *(Team(key, name, "all") for key, name in _DIVISIONS)]
    for i, name in enumerate(names):
        team_id, division = name.lower().replace(" ", "-"), _DIVISIONS[i % 2 == 0][0]
        if i == 2:
            teams.append(Team(team_id, name, _DIVISIONS[0][0], None, reorganised))
            teams.append(Team(team_id, name, _DIVISIONS[1][0], reorganised))
        else:
            teams.append(Team(team_id, name, division))
    return teams


def team_name(position: int) -> str:
    """The names of teams; where they run out they are numbered."""
    again, i = divmod(position, len(_TEAMS))
    return f"{_TEAMS[i]} {again + 1}" if again else _TEAMS[i]


def others(people: int) -> tuple[Person, Person, Person]:
    """The bot, the service account and the unknown machine beside so many employees."""
    noreply = "49699333+dependabot[bot]@users.noreply.github.com"
    bot = "dependabot[bot]"
    return (
        Person(people, "", bot, noreply, bot, noreply, "", "", "", 0, Tools(), is_bot=True),
        Person(people + 1, "svc-review", "Review agent", "", "", "", "", "", "", 0, Tools(programs=True)),
        Person(people + 2, "", "", "", "", "", "", "lab-imac-2", "/Users/lab-imac", 1, Tools(transcripts=True)),
    )
