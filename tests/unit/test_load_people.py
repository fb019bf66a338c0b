"""People, their accounts and teams, and what repositories were called."""

from __future__ import annotations

import json
from datetime import date

from tests.exports import csv_text
from tests.zone import Zone

_MEMBERS = ["person_id", "display_name", "email", "team_id", "valid_from", "valid_to"]
_ACCOUNTS = ["person_id", "system", "account", "valid_from", "valid_to"]


def test_a_member_is_kept_by_pseudonyms(zone: Zone) -> None:
    rows = [
        ["p-1", "Ada Quill", " Ada.Quill@Acme.example ", "team-a", "2025-01-01", "2026-02-01"],
        ["p-1", "Ada Quill", "ada.quill@acme.example", "team-b", "2026-02-01", ""],
        [" p-2 ", "Ben Kestrel", "", " team-a ", "", ""],
    ]
    zone.put("people/members.csv", csv_text(_MEMBERS, *rows))

    zone.load()

    columns = ("plain(person_key)", "plain(display_name_key)", "plain(email_key)", "team_id", "valid_from", "valid_to")
    assert zone.rows("people_members", *columns) == [
        ("p-1", "Ada Quill", "ada.quill@acme.example", "team-a", date(2025, 1, 1), date(2026, 2, 1)),
        ("p-1", "Ada Quill", "ada.quill@acme.example", "team-b", date(2026, 2, 1), None),
        ("p-2", "Ben Kestrel", None, "team-a", None, None),
    ]
    assert zone.ledger() == [(4, 3, 0, 1, 0)]
    raw = str(zone.everything())
    assert "Ada" not in raw
    assert "acme" not in raw


def test_columns_may_stand_in_any_order_and_lack_or_be_unknown(zone: Zone) -> None:
    zone.put("people/members.csv", csv_text(["TEAM_ID", "shoe_size", " Person_Id "], ["team-a", 42, "p-1"]))

    zone.load()

    columns = ("plain(person_key)", "team_id", "email_key", "valid_from")
    assert zone.row("people_members", *columns) == ("p-1", "team-a", None, None)
    assert zone.ask("select unread_columns from audit.loads") == [(["shoe_size"],)]


def test_an_account_belongs_to_a_system(zone: Zone) -> None:
    rows = [
        ["p-1", "GitHub", "Ada-Q", "2025-01-01", ""],
        ["p-1", "email", "ADA.QUILL@acme.example", "", ""],
        ["p-1", "", "ada", "", ""],
        ["", "git", "ada", "", ""],
        ["p-1", "git", "", "", ""],
        ["p-1", "git", "ada", "01.02.2026", ""],
    ]
    zone.put("people/accounts.csv", csv_text(_ACCOUNTS, *rows))

    zone.load()

    columns = ("plain(person_key)", "system", "plain(account_key)", "valid_from")
    assert zone.rows("people_accounts", *columns) == [
        ("p-1", "email", "ada.quill@acme.example", None),
        ("p-1", "github", "ada-q", date(2025, 1, 1)),
    ]
    noun = "it is no account: person_id,system,account,valid_from,valid_to"
    assert zone.reasons() == [
        (4, "system is missing"),
        (5, noun),
        (6, noun),
        (7, "valid_from is not a day written YYYY-MM-DD"),
    ]
    zone.assert_balanced()


def test_teams_form_a_tree_and_even_a_circle_is_loaded_for_the_models_to_judge(zone: Zone) -> None:
    rows = [["a", "Amber", "b"], ["b", "Birch", "a"], ["c", "", ""], ["", "Nobody", ""]]
    zone.put("people/teams.csv", csv_text(["team_id", "team_name", "parent_team_id"], *rows))

    zone.load()

    assert zone.rows("people_teams", "team_id", "team_name", "parent_team_id", "valid_from") == [
        ("a", "Amber", "b", None),
        ("b", "Birch", "a", None),
        ("c", None, None, None),
    ]
    assert zone.reasons() == [(5, "it is no team: team_id,team_name,parent_team_id")]


def test_people_who_stand_there_twice_or_overlap_are_loaded_once_and_side_by_side(zone: Zone) -> None:
    same = ["p-1", "Ada Quill", "ada.quill@acme.example", "team-a", "2025-01-01", ""]
    overlapping = ["p-1", "Ada Quill", "ada.quill@acme.example", "team-b", "2025-06-01", ""]
    zone.put("people/members.csv", csv_text(_MEMBERS, same, same, overlapping))

    zone.load()

    assert zone.rows("people_members", "team_id") == [("team-a",), ("team-b",)]
    assert zone.ledger() == [(4, 2, 1, 1, 0)]


def test_who_is_who_can_be_looked_up_and_unclaimed_accounts_stand_for_themselves(zone: Zone) -> None:
    zone.put("people/members.csv", csv_text(_MEMBERS, ["p-1", "Ada Quill", "ada.quill@acme.example", "team-a", "", ""]))
    zone.put("people/accounts.csv", csv_text(_ACCOUNTS, ["p-1", "github", "ada-q", "2025-01-01", ""]))
    header = ["request_id", "startTime", "prompt_tokens", "completion_tokens", "user"]
    log = [["r-1", "2026-02-01", 1, 1, "Ada.Quill@acme.example"], ["r-2", "2026-02-01", 1, 1, "stranger"]]
    zone.put("litellm/a.csv", csv_text(header, *log))

    zone.load()

    columns = "person_id, display_name, system, account, valid_from"
    assert zone.ask(f"select {columns} from ids.identities order by all") == [
        ("p-1", "Ada Quill", "email", "ada.quill@acme.example", None),
        ("p-1", None, "github", "ada-q", date(2025, 1, 1)),
        (None, None, "litellm", "stranger", None),
    ]
    assert zone.ask(
        "select person_key = md5('litellm:' || account_key) from ids.identities"
        " join raw.litellm_requests on plain(account_key) = account where system = 'litellm'"
    ) == [(True,)]


def test_an_alias_is_a_folder_or_another_name_of_a_repository(zone: Zone) -> None:
    rows = [
        ["/home/ada/shop/", "github.com/acme/shop"],
        ["C:\\src\\shop", "github.com/acme/shop"],
        ["shop", "https://github.com/Acme/Shop.git"],
        ["git@github.com:old/shop.git", "github.com/acme/shop"],
        ["", "github.com/acme/shop"],
        ["web", ""],
    ]
    zone.put("repositories.csv", csv_text(["alias", "repository"], *rows))

    zone.load()

    columns = ("plain(folder_key)", "plain(alias_key)", "plain(repository_key)")
    assert zone.rows("repositories_aliases", *columns) == sorted(
        [
            ("/home/ada/shop", None, "github.com/acme/shop"),
            ("C:\\src\\shop", None, "github.com/acme/shop"),
            ("git@github.com:old/shop.git", "github.com/old/shop", "github.com/acme/shop"),
            ("shop", "shop", "github.com/acme/shop"),
        ]
    )
    assert zone.reasons() == [(6, "it is no alias of a repository: alias,repository"), (7, "repository_key is missing")]


def test_pages_of_scim_tell_who_is_in_which_department(zone: Zone) -> None:
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    ada = {
        "id": "2819", "externalId": "E1", "userName": "Ada@acme.example",
        "name": {"givenName": "Ada", "familyName": "Quill"},
        "active": "True", "emails": [{"value": "ada@acme.example"}, {"value": " ada.old@acme.example "}],
        "groups": [{"value": "g1", "display": "Everybody"}],
        enterprise: {"employeeNumber": "7", "costCenter": "CC-10", "division": "Eng", "department": "Platform"},
        "meta": {"resourceType": "User", "lastModified": "2026-02-01T10:00:00Z"},
    }  # fmt: skip
    ben = {"id": "2820", "userName": "ben-k", "displayName": "Ben K", "active": False, "groups": [{"display": "Web"}]}
    group = {"id": "g1", "displayName": "Everybody", "members": [{"value": "2819"}]}
    page = {"totalResults": 3, "startIndex": 1, "itemsPerPage": 3, "Resources": [ada, ben, group]}
    zone.put("people/scim/users.json", json.dumps(page, indent=2))

    zone.load()

    columns = ("plain(person_key)", "plain(display_name_key)", "team_id", "parent_team_id", "cost_center", "is_active")
    assert sorted(zone.rows("people_scim_users", *columns)) == [
        ("2820", "Ben K", "Web", None, None, False),
        ("E1", "Ada Quill", "Platform", "Eng", "CC-10", True),
    ]
    assert sorted(zone.rows("people_scim_accounts", "plain(person_key)", "plain(account_key)")) == [
        ("E1", "ada.old@acme.example"),
        ("E1", "ada@acme.example"),
    ]
    assert zone.ledger() == [(3, 2, 0, 1, 0)]
