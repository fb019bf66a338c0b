"""What is planted where: scenarios by name, and the plan that is drawn from one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tokenworth.errors import UsageError
from tokenworth.simulate.behaviours import BY_NAME, LOOK_ALIKES, OUTCOME_GAMING, USAGE_GAMING
from tokenworth.simulate.staged.episodes import EPISODES, Effects, Episode
from tokenworth.simulate.staged.people import Organisation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scenario:
    """Which share of the teams does what, how strongly, and from when on."""

    name: str
    usage_teams: float = 0.0
    outcome_teams: float = 0.0
    look_alikes: float = 0.0  # episodes a team over the whole time
    strength: tuple[float, float] = (1.6, 3.5)  # drawn evenly on the logarithm
    share: tuple[float, float] = (0.4, 1.0)  # of a team's people
    ramp_weeks: tuple[int, int] = (0, 6)  # until the full strength is reached
    begins: tuple[float, float] = (0.35, 0.8)  # of the weeks
    each_behaviour: int = 0  # people a behaviour, one by one, whatever their team
    displaced: float = 0.25  # share of real work that people who game outcomes leave undone
    behaviours: tuple[str, ...] = ()  # only these, gaming and look-alikes; empty for all

    def allowed(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self.behaviours or name in self.behaviours]


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("clean"),
        Scenario("look_alikes", look_alikes=0.5),
        Scenario("usage_gaming", usage_teams=0.2),
        Scenario("outcome_gaming", outcome_teams=0.2),
        Scenario("mixed", usage_teams=0.1, outcome_teams=0.08, look_alikes=0.3),
        Scenario("subtle", usage_teams=0.15, strength=(1.5, 1.5), share=(0.8, 1.0), ramp_weeks=(6, 12)),
        Scenario("every_signal", look_alikes=0.3, each_behaviour=4),
    )
}


@dataclass
class Plan:
    """Strengths by behaviour as matrices of people and weeks, where 1 is none; and what is benign."""

    effects: Effects
    episodes: list[Episode] = field(default_factory=list)
    strengths: dict[str, Floats] = field(default_factory=dict)

    def strength(self, behaviour: str, organisation: Organisation) -> Floats:
        return self.strengths.get(behaviour, np.ones((organisation.people, organisation.weeks)))


def scenario_named(name: str, **changes: object) -> Scenario:
    if name not in SCENARIOS:
        raise UsageError(f"there is no scenario {name}", todo=f"One of: {', '.join(SCENARIOS)}")
    return replace(SCENARIOS[name], **changes)  # type: ignore[arg-type]


def scenario_of(behaviours: Sequence[str], *, strength: float | None = None, share: float | None = None) -> Scenario:
    """Only these: the gaming in a fifth of the teams, the look-alikes in three tenths.

    Without `strength` and `share` (of a team's people) those that the catalogue names.
    """
    unknown = [name for name in behaviours if name not in BY_NAME]
    if unknown:
        raise UsageError(f"nothing is called {unknown[0]}", todo="tokenworth simulate --list names what there is.")
    if (strength is not None and strength < 1) or (share is not None and not 0 < share <= 1):
        raise UsageError("a strength is a factor from 1 on, and a share lies between 0 and 1")
    gaming = [BY_NAME[name] for name in behaviours if name not in LOOK_ALIKES]
    strengths = [strength or behaviour.strength for behaviour in gaming] or [1.0]
    shares = [share or behaviour.share for behaviour in gaming] or [1.0]
    return Scenario(
        "planted",
        usage_teams=0.2 * any(name in USAGE_GAMING for name in behaviours),
        outcome_teams=0.2 * any(name in OUTCOME_GAMING for name in behaviours),
        look_alikes=0.3 * any(name in LOOK_ALIKES for name in behaviours),
        strength=(min(strengths), max(strengths)),
        share=(min(shares), max(shares)),
        behaviours=tuple(behaviours),
    )


def draw_plan(scenario: Scenario, organisation: Organisation, rng: np.random.Generator) -> Plan:
    """Look-alikes first, because newcomers and service accounts come with them."""
    plan = Plan(Effects.none(organisation))
    busy = _look_alikes(plan, scenario, organisation, rng)
    planted: list[tuple[int, str, int, float, int]] = []  # person, behaviour, week, strength, ramp
    free = rng.permutation(np.setdiff1d(np.arange(organisation.teams), busy)).tolist()
    for share, behaviours in ((scenario.usage_teams, USAGE_GAMING), (scenario.outcome_teams, OUTCOME_GAMING)):
        allowed = scenario.allowed(behaviours)
        for _ in range(round(share * organisation.teams) if allowed else 0):
            able = [team for team in free if behaviours is USAGE_GAMING or _shows_work(organisation, team)]
            if able:
                free.remove(able[-1])
                planted += _in_team(able[-1], allowed, scenario, organisation, rng)
    planted += _one_by_one(scenario, organisation, rng)
    for person, behaviour, week, strength, ramp in planted:
        matrix = plan.strengths.setdefault(behaviour, np.ones((organisation.people, organisation.weeks)))
        grown = np.clip((np.arange(organisation.weeks) - week + 1) / (ramp + 1), 0, 1)
        matrix[person] = np.maximum(matrix[person], strength**grown)
    return plan


def _shows_work(organisation: Organisation, team: int) -> bool:
    """Whether there is a tracker and pull requests in which outcomes could be made for show."""
    return not (organisation.untracked[team] or organisation.trunk_based[team])


def _look_alikes(plan: Plan, scenario: Scenario, organisation: Organisation, rng: np.random.Generator) -> list[int]:
    """Episodes dealt out over teams, each team one at most; every kind about as often."""
    kinds = scenario.allowed(name for name in LOOK_ALIKES if name in EPISODES)
    count = min(round(scenario.look_alikes * organisation.teams), organisation.teams) if kinds else 0
    teams: list[int] = rng.permutation(organisation.teams)[:count].tolist()
    for i, team in enumerate(teams):
        kind = kinds[i % len(kinds)]
        week = int(rng.integers(max(organisation.weeks // 4, 1), max(organisation.weeks - 4, 2)))
        plan.episodes.append(EPISODES[kind](organisation, plan.effects, team, week, rng))
    return teams


def _when_and_how(scenario: Scenario, weeks: int, rng: np.random.Generator) -> tuple[int, float, int]:
    week = int(rng.uniform(*scenario.begins) * weeks)
    strength = float(np.exp(rng.uniform(*np.log(scenario.strength))))
    return week, strength, int(rng.integers(scenario.ramp_weeks[0], scenario.ramp_weeks[1] + 1))


def _in_team(
    team: int, behaviours: list[str], scenario: Scenario, organisation: Organisation, rng: np.random.Generator
) -> list[tuple[int, str, int, float, int]]:
    """A share of a team begins together, each with one of two behaviours that are in fashion there."""
    week, strength, ramp = _when_and_how(scenario, organisation.weeks, rng)
    members = rng.permutation(organisation.members_of(team, week))
    doing = members[: max(1, round(float(rng.uniform(*scenario.share)) * len(members)))]
    fashion = rng.choice(behaviours, min(2, len(behaviours)), replace=False)
    return [(int(p), str(rng.choice(fashion)), week, strength * float(rng.lognormal(0, 0.1)), ramp) for p in doing]


def _one_by_one(
    scenario: Scenario, organisation: Organisation, rng: np.random.Generator
) -> list[tuple[int, str, int, float, int]]:
    """People who do something whatever their team does; people who are there to the end and do work."""
    if not scenario.each_behaviour:
        return []
    there = (organisation.team[:, 0] >= 0) & (organisation.team[:, -1] >= 0) & (organisation.work_rate > 0.5)
    there &= ~(organisation.untracked | organisation.trunk_based)[organisation.team[:, -1]]
    there &= organisation.level > -0.8  # who hardly uses anything has nothing to multiply
    pool = rng.permutation(np.flatnonzero(there & ~organisation.is_service)).tolist()
    planted = []
    for behaviour in scenario.allowed((*USAGE_GAMING, *OUTCOME_GAMING)):
        for _ in range(min(scenario.each_behaviour, len(pool))):
            week, strength, ramp = _when_and_how(scenario, organisation.weeks, rng)
            planted.append((pool.pop(), behaviour, week, strength, ramp))
    return planted
