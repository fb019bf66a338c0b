"""Who is who: people with their dated teams, their accounts, and the tree of teams."""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, DAY, LABEL, PERSON, PERSON_NAME, TEXT

_SPAN = [Column("valid_from", DAY, "r.valid_from"), Column("valid_to", DAY, "r.valid_to")]

SOURCE = Source(
    name="people",
    exports=[
        Export(
            files="people/members.csv",
            noun="member: person_id,display_name,email,team_id,valid_from,valid_to",
            fields={
                "person_id": T,
                "display_name": T,
                "email": T,
                "team_id": T,
                "valid_from": T,
                "valid_to": T,
            },
            recognised="(r.person_id is not null)",
            records=[
                Record(
                    table="people_members",
                    key=["person_key", "team_id", "valid_from"],
                    columns=[
                        Column("person_key", PERSON, "r.person_id", required=True),
                        Column("display_name_key", PERSON_NAME, "r.display_name"),
                        Column("email_key", ACCOUNT, "r.email", system="email"),
                        Column("team_id", LABEL, "r.team_id"),
                        *_SPAN,
                    ],
                )
            ],
        ),
        Export(
            files="people/accounts.csv",
            noun="account: person_id,system,account,valid_from,valid_to",
            fields={"person_id": T, "system": T, "account": T, "valid_from": T, "valid_to": T},
            recognised="(r.person_id is not null and r.account is not null)",
            records=[
                Record(
                    table="people_accounts",
                    key=["person_key", "system", "account_key", "valid_from"],
                    columns=[
                        Column("person_key", PERSON, "r.person_id", required=True),
                        Column("system", TEXT, "lower(r.system)", required=True),
                        Column("account_key", ACCOUNT, "r.account", required=True),
                        *_SPAN,
                    ],
                )
            ],
        ),
        Export(
            files="people/teams.csv",
            noun="team: team_id,team_name,parent_team_id",
            fields={"team_id": T, "team_name": T, "parent_team_id": T, "valid_from": T, "valid_to": T},
            recognised="(r.team_id is not null)",
            records=[
                Record(
                    table="people_teams",
                    key=["team_id", "valid_from"],
                    columns=[
                        Column("team_id", LABEL, "r.team_id", required=True),
                        Column("team_name", LABEL, "r.team_name"),
                        Column("parent_team_id", LABEL, "r.parent_team_id"),
                        *_SPAN,
                    ],
                )
            ],
        ),
    ],
)
