"""Named cases of the verdicts: what must be seen, and what must not be taken for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.teams_at_work import Organisation, monday, organisation, signalled
from tokenworth.divergence import rank_correlations, verdicts

TEAM = "team-07"
CALM = organisation()


def verdict(org: Organisation, team: str = TEAM) -> str:
    return str(org.last_week().loc[team, "verdict"])


def test_a_calm_organisation_is_consistent() -> None:
    assert set(CALM.last_week()["verdict"]) == {"consistent"}


def test_a_jump_of_a_whole_team_is_found_and_priced() -> None:
    found = CALM.spending(3, team=TEAM, since=12).last_week()
    assert list(found.index[found["verdict"] == "divergent"]) == [TEAM]
    row = found.loc[TEAM]
    assert row["direction"] == "usage_above_value"
    # What the window and what was before hold of the twelve plain weeks and the six threefold ones.
    window = int(row["window_weeks"])
    factors = np.where(np.arange(18) >= 12, 3.0, 1.0)
    assert row["gap_low"] < np.log(factors[-window:].mean() / factors[:-window].mean()) < row["gap_high"]
    assert 0 < row["excess_cost_low_usd"] < row["excess_cost_usd"] < row["excess_cost_high_usd"]


def test_a_slow_drift_is_found() -> None:
    org = CALM
    for week in range(6, 18):
        org = org.spending(1.12, team=TEAM, since=week)  # to 3.9 times in the end
    assert verdict(org) == "divergent"


def test_usage_that_grows_with_value_is_consistent() -> None:
    org = CALM.spending(2.5, team=TEAM, since=10)
    people = org.members.loc[org.members["team_id"] == TEAM, "person_key"]
    more = org.outcomes[org.outcomes["person_key"].isin(people) & (org.outcomes["shipped_on"] >= monday(10))]
    grown = replace(org, outcomes=pd.concat([org.outcomes, more, more], ignore_index=True))
    assert grown.last_week().loc[TEAM, "gap"] < 0.6 * org.last_week().loc[TEAM, "gap"]


def test_what_moves_everybody_moves_no_verdict() -> None:
    everybody = CALM.usage.copy()
    after = everybody["week_start"] >= monday(13)
    everybody.loc[after, ["cost_usd", "volume"]] *= 4  # a launch
    everybody.loc[everybody["week_start"] == monday(8), ["cost_usd", "volume"]] *= 0.3  # a holiday week
    moved, calm = replace(CALM, usage=everybody).last_week(), CALM.last_week()
    assert (moved["verdict"] == calm["verdict"]).all()
    assert np.abs(moved["gap"] - calm["gap"]).max() < 0.35


def test_a_dearer_model_is_a_gap_and_no_divergence() -> None:
    usage = CALM.usage.copy()
    people = CALM.members.loc[CALM.members["team_id"] == TEAM, "person_key"]
    usage.loc[usage["person_key"].isin(people) & (usage["week_start"] >= monday(12)), "cost_usd"] *= 3
    found = replace(CALM, usage=usage).last_week().loc[TEAM]
    assert found["verdict"] == "consistent"
    assert found["gap"] > 0.5


def test_one_outlier_does_not_make_the_teams_verdict_unless_they_carry_it() -> None:
    light = CALM.usage.groupby("person_key")["cost_usd"].sum()
    members = CALM.members.loc[CALM.members["team_id"] == TEAM, "person_key"].unique()
    lightest = light[members].idxmin()
    usage = CALM.usage.copy()
    usage.loc[(usage["person_key"] == lightest) & (usage["week_start"] >= monday(15)), ["cost_usd", "volume"]] *= 4
    assert verdict(replace(CALM, usage=usage)) == "consistent"


def test_a_few_who_carry_the_excess_are_found() -> None:
    assert verdict(CALM.spending(8, team=TEAM, since=9, people=3)) == "divergent"


def test_signals_speak_beside_growth_and_not_alone() -> None:
    some = CALM.spending(1.5, team=TEAM, since=12)
    assert verdict(some) == "consistent"
    assert verdict(signalled(some, TEAM, since=12, people=4)) == "divergent"
    fewer = CALM.spending(0.5, team=TEAM, since=12)
    assert verdict(signalled(fewer, TEAM, since=12, people=4)) != "divergent"


def test_a_team_that_doubles_is_held_against_those_who_have_a_past() -> None:
    rows = CALM.members[CALM.members["team_id"] == TEAM]
    twins = {key: f"{key}-new" for key in rows["person_key"].unique()}

    def doubled(frame: pd.DataFrame, day: str) -> pd.DataFrame:
        new = frame[frame["person_key"].isin(twins) & (frame[day] >= monday(12))]
        return pd.concat([frame, new.assign(person_key=new["person_key"].map(twins))], ignore_index=True)

    org = replace(
        CALM,
        members=doubled(CALM.members, "week_start"),
        usage=doubled(CALM.usage, "week_start"),
        outcomes=doubled(CALM.outcomes, "shipped_on"),
    )
    found = org.last_week().loc[TEAM]
    assert found["verdict"] == "consistent"
    assert found["newcomer_share"] == pytest.approx(0.5)


def test_people_bring_their_past_into_another_team() -> None:
    members = CALM.members.copy()
    late = members["week_start"] >= monday(12)
    moves = {"team-07": "team-08", "team-08": "team-07"}
    half = members["person_key"].str[-1].isin(list("02468"))
    members.loc[late & half, "team_id"] = members["team_id"].replace(moves)
    assert set(replace(CALM, members=members).last_week()["verdict"]) == {"consistent"}


def test_open_work_is_set_aside_and_no_more_than_half() -> None:
    org = CALM.spending(1.9, team=TEAM, since=13)
    people = org.members.loc[org.members["team_id"] == TEAM, "person_key"]
    usage = org.usage.copy()
    long_lead = usage["person_key"].isin(people) & (usage["week_start"] >= monday(13)) & usage["has_worth"]
    usage.loc[long_lead, "settled_week"] = pd.NaT
    with_open_work = replace(org, usage=usage).last_week().loc[TEAM]
    assert with_open_work["gap"] < org.last_week().loc[TEAM, "gap"]
    assert 0.3 < with_open_work["set_aside_share"] <= 0.5


def test_without_any_outcome_there_is_no_evidence() -> None:
    org = replace(CALM.spending(5, team=TEAM, since=10), outcomes=CALM.outcomes.iloc[:0])
    found = org.last_week()
    assert set(found["verdict"]) == {"insufficient_evidence"}
    assert set(found["why"]) == {"no_tracker"}
    assert found["gap"].isna().all()


def test_a_team_that_ships_nothing_known_has_no_evidence() -> None:
    people = CALM.members.loc[CALM.members["team_id"] == TEAM, "person_key"]
    org = replace(
        CALM.spending(5, team=TEAM, since=10), outcomes=CALM.outcomes[~CALM.outcomes["person_key"].isin(people)]
    )
    assert org.last_week().loc[TEAM, "why"] == "few_outcomes"


def test_seven_weeks_are_too_few() -> None:
    assert set(CALM.until(6).last_week()["why"]) == {"few_weeks"}


def test_nobody_is_no_error() -> None:
    nobody = [frame.iloc[:0] for frame in (CALM.usage, CALM.outcomes, CALM.members, CALM.signals)]
    assert verdicts(*nobody).empty


def test_a_verdict_is_what_was_known_at_the_weeks_end() -> None:
    outcomes = CALM.outcomes.copy()
    outcomes.loc[outcomes.index % 7 == 0, "undone_on"] = outcomes["shipped_on"] + pd.Timedelta(days=10)
    usage = CALM.usage.copy()
    usage.loc[usage.index % 5 == 0, "settled_week"] += pd.Timedelta(weeks=3)
    org = replace(CALM, outcomes=outcomes, usage=usage)
    later = org.verdicts()
    then = org.until(13).verdicts()
    pd.testing.assert_frame_equal(later[later["week_start"] <= monday(13)].reset_index(drop=True), then)


def test_later_weeks_are_added_alone() -> None:
    everything = CALM.verdicts()
    added = CALM.verdicts(after=14)
    assert set(added["week_start"]) == {monday(15), monday(16), monday(17)}
    pd.testing.assert_frame_equal(everything[everything["week_start"] > monday(14)].reset_index(drop=True), added)


def test_clean_organisations_are_left_alone() -> None:
    weeks = pd.concat([organisation(seed=seed, weeks=14).verdicts().assign(seed=seed) for seed in range(11, 17)])
    flagged = (weeks["verdict"] == "divergent").groupby([weeks["seed"], weeks["week_start"]]).any()
    assert flagged.mean() <= 0.1


def test_many_teams_without_a_signal_are_left_alone() -> None:
    """People of a team share how uncertain its value is: that all seem to grow at once is then no evidence."""
    weeks = pd.concat(
        [organisation(teams=200, size=9, seed=seed).verdicts(after=13).assign(seed=seed) for seed in (1, 2)]
    )
    flagged = (weeks["verdict"] == "divergent").groupby([weeks["seed"], weeks["week_start"]]).any()
    assert flagged.mean() <= 0.1
    # Where nobody gives a signal, growth has half of the error rate.
    assert (weeks["p_value"] / 2 < 0.001).mean() <= 0.005


def test_rank_correlation_of_teams_with_its_interval() -> None:
    rng = np.random.default_rng(3)
    tokens = rng.lognormal(10, 1, 40)
    weeks = pd.DataFrame(
        {
            "team_id": [f"t{n}" for n in range(40)] * 2,
            "week_start": [monday(0)] * 40 + [monday(1)] * 40,
            "total_tokens": np.tile(tokens, 2),
            "value_units": np.concatenate([tokens * rng.lognormal(0, 0.3, 40), rng.lognormal(0, 1, 40)]),
        }
    )
    agree, apart = rank_correlations(weeks).itertuples(index=False)
    assert agree.rank_correlation > 0.9
    assert agree.rank_correlation_low > 0.7
    assert apart.rank_correlation_low < 0 < apart.rank_correlation_high
    pd.testing.assert_frame_equal(rank_correlations(weeks.sample(frac=1, random_state=1)), rank_correlations(weeks))


def test_too_few_teams_have_no_rank_correlation() -> None:
    weeks = pd.DataFrame(
        {"team_id": list("abc"), "week_start": [monday(0)] * 3, "total_tokens": [1, 2, 3], "value_units": [1, 2, 3]}
    )
    assert rank_correlations(weeks)["rank_correlation"].isna().all()


def test_a_signal_that_several_give_tells_more_than_different_ones() -> None:
    some = signalled(CALM, TEAM, since=12, people=2)
    first, second = some.signals["person_key"].unique()
    names = {first: "rework", second: "empty_ship"}
    scattered = replace(some, signals=some.signals.assign(signal=some.signals["person_key"].map(names)))
    same, different = some.last_week(), scattered.last_week()
    assert same.loc[TEAM, "p_value"] < different.loc[TEAM, "p_value"]


def test_a_signal_that_most_teams_give_tells_nothing() -> None:
    grown = CALM.spending(1.5, team=TEAM, since=12)
    everywhere = grown
    for team in grown.members["team_id"].unique():
        everywhere = signalled(everywhere, team, since=12, people=3)
    assert verdict(signalled(grown, TEAM, since=12, people=3)) == "divergent"
    assert verdict(everywhere) == "consistent"


@pytest.mark.parametrize("teams", [10, 20])
def test_where_half_of_everybody_gives_a_signal_nobody_is_flagged(teams: int) -> None:
    for seed in range(1, 4):
        org = organisation(teams=teams, seed=seed)
        people = org.members["person_key"].unique()
        half = people[np.random.default_rng(seed).random(len(people)) < 0.5]
        rows = org.members[org.members["person_key"].isin(half) & (org.members["week_start"] >= monday(12))]
        signals = rows[["person_key", "week_start"]].assign(signal="scripted_cadence", score=0.7)
        assert not (replace(org, signals=signals).last_week()["verdict"] == "divergent").any()


def test_teams_that_give_a_signal_do_not_hide_each_other() -> None:
    playing = [f"team-{number:02d}" for number in range(4, 12)]
    org = CALM
    for team in playing:
        org = signalled(org.spending(1.3, team=team, since=12), team, since=12, people=2)
    found = org.last_week()
    assert set(found.index[found["verdict"] == "divergent"]) == set(playing)


def test_what_people_did_from_the_beginning_is_a_habit() -> None:
    grown = CALM.spending(1.5, team=TEAM, since=12)
    assert verdict(signalled(grown, TEAM, since=2, people=3)) == "consistent"
