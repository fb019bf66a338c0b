"""Whose work shows that a team's is tracked: where people change teams, and teams their names."""

from __future__ import annotations

from dataclasses import replace

from tests.teams_at_work import monday, organisation

TEAM = "team-07"
CALM = organisation()


def test_what_people_shipped_elsewhere_does_not_show_the_work_of_a_team_that_is_not_tracked() -> None:
    members = CALM.members.copy()
    came = members["person_key"].isin(members.loc[members["team_id"] == TEAM, "person_key"])
    members.loc[came & (members["week_start"] < monday(9)), "team_id"] = "team-08"
    # What they had begun before is shipped in their first weeks in the team, and nothing after that.
    theirs = CALM.outcomes["person_key"].isin(members.loc[came, "person_key"])
    outcomes = CALM.outcomes[~theirs | (CALM.outcomes["shipped_on"] < monday(12))]
    found = replace(CALM, members=members, outcomes=outcomes).last_week().loc[TEAM]
    assert (found["verdict"], found["why"]) == ("insufficient_evidence", "few_outcomes")


def test_teams_that_are_called_otherwise_keep_their_verdicts() -> None:
    grown = CALM.spending(3, team=TEAM, since=12)
    late = grown.members["week_start"] >= monday(15)
    names = grown.members["team_id"].where(~late, grown.members["team_id"].str.replace("team", "crew"))
    found = replace(grown, members=grown.members.assign(team_id=names)).last_week()
    assert list(found["verdict"]) == list(grown.last_week()["verdict"])
    # Two teams become one each, under names that others had.
    names = grown.members["team_id"].where(~late, grown.members["team_id"].map(lambda t: f"team-{int(t[5:]) // 2:02d}"))
    found = replace(grown, members=grown.members.assign(team_id=names)).last_week()
    assert len(found) == 12
    assert set(found["verdict"]) <= {"consistent", "divergent"}


def test_teams_that_are_cut_anew_are_not_without_a_tracker() -> None:
    members = CALM.members.copy()
    late = members["week_start"] >= monday(15)
    number = members["person_key"].str[-3:].astype(int)
    mixed = "team-" + (number % 24).map("{:02d}".format)
    same_names = replace(CALM, members=members.assign(team_id=members["team_id"].where(~late, mixed))).last_week()
    assert "no_tracker" not in set(same_names["why"])
    new_names = members["team_id"].where(~late, "new-" + mixed)
    assert set(replace(CALM, members=members.assign(team_id=new_names)).last_week()["verdict"]) == {"consistent"}


def test_what_new_people_ship_counts_at_once() -> None:
    theirs = CALM.members["team_id"] == TEAM
    members = CALM.members[~theirs | (CALM.members["week_start"] >= monday(15))]
    people = CALM.members.loc[theirs, "person_key"]
    shipped = CALM.outcomes["person_key"].isin(people) & (CALM.outcomes["shipped_on"] >= monday(15))
    assert replace(CALM, members=members).last_week().loc[TEAM, "outcomes"] == shipped.sum()


def test_who_comes_out_of_a_team_that_is_gone_does_not_show_the_work_of_another() -> None:
    """Two of a closed team join six whose work is not tracked."""
    members = CALM.members.copy()
    closed = members["person_key"].isin(members.loc[members["team_id"] == "team-08", "person_key"].unique()[:2])
    late = members["week_start"] >= monday(14)
    members.loc[closed & late, "team_id"] = TEAM
    left = (members["team_id"] == "team-08") & late
    untracked = CALM.outcomes["person_key"].isin(CALM.members.loc[CALM.members["team_id"] == TEAM, "person_key"])
    outcomes = CALM.outcomes[~untracked]
    moved = outcomes["person_key"].isin(members.loc[closed, "person_key"]) & (outcomes["shipped_on"] >= monday(16))
    found = replace(CALM, members=members[~left], outcomes=outcomes[~moved]).last_week().loc[TEAM]
    assert (found["verdict"], found["why"]) == ("insufficient_evidence", "few_outcomes")
