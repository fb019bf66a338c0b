"""Who is who: people with their dated teams, their accounts, and the tree of teams; or pages of SCIM 2.0.

SCIM tells how things are now: when somebody moved shows in pages of different days only.
"""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import ACCOUNT, DAY, FLAG, INSTANT, LABEL, PERSON, PERSON_NAME, TEXT

_SPAN = [Column("valid_from", DAY, "r.valid_from"), Column("valid_to", DAY, "r.valid_to")]

_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_OF_ENTERPRISE = f'r."{_ENTERPRISE}"'
_PERSON_ID = f"""coalesce(nullif(r."externalId", ''), nullif({_OF_ENTERPRISE}."employeeNumber", ''), r.id)"""

_SCIM = Export(
    files="people/scim/*.{json,jsonl}",
    noun="SCIM user or group",
    unwrap=["Resources"],
    fields={
        "id": T,
        "externalId": T,
        "userName": T,
        "displayName": T,
        "name": {"formatted": T, "givenName": T, "familyName": T},
        "active": T,
        "emails": [{"value": T}],
        "groups": [{"display": T}],
        "members": T,
        _ENTERPRISE: {"employeeNumber": T, "costCenter": T, "division": T, "department": T},
        "meta": {"lastModified": T},
    },
    recognised='(r.id is not null and coalesce(r."userName", r."displayName") is not null)',
    records=[
        Record(
            table="people_scim_users",
            key=["person_key"],
            where='r."userName" is not null',
            columns=[
                Column("person_key", PERSON, _PERSON_ID, required=True),
                Column(
                    "display_name_key",
                    PERSON_NAME,
                    'coalesce(r."displayName", r.name.formatted, concat_ws(\' \', r.name."givenName",'
                    ' r.name."familyName"))',
                ),
                # The department, else the first group; a name is all that SCIM gives them.
                Column("team_id", TEXT, f"coalesce(nullif({_OF_ENTERPRISE}.department, ''), r.groups[1].display)"),
                Column("parent_team_id", TEXT, f"{_OF_ENTERPRISE}.division"),
                Column("cost_center", TEXT, f'{_OF_ENTERPRISE}."costCenter"'),
                # Some write "True".
                Column("is_active", FLAG, "lower(r.active)"),
                Column("changed_at", INSTANT, 'r.meta."lastModified"'),
            ],
        ),
        Record(
            table="people_scim_accounts",
            key=["person_key", "account_key"],
            where='r."userName" is not null',
            each="""list_distinct(list_filter(list_append(list_transform(r.emails, lambda e: lower(trim(e.value))),
                lower(trim(r."userName"))), lambda a: contains(a, '@')))""",
            columns=[
                Column("person_key", PERSON, _PERSON_ID, required=True),
                Column("account_key", ACCOUNT, "c", required=True, system="email"),
            ],
        ),
    ],
)

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
        _SCIM,
    ],
)
