"""Names that the warehouse may know: branches, folders, files and repositories without logins.

A login is recognised where it stands between characters that are neither letters nor digits:
`alice/fix-login`, `/home/alice/shop`, `-home-alice-shop`. The originals stay in
`identities.duckdb`; `raw.names` is derived from them.
"""

from __future__ import annotations

import duckdb

from tokenworth.identities import NAMES, Pseudonyms

# Words that stand in branches and folders everywhere and name nobody, even where someone's login
# is the same: masking them would hide which branch is the default one.
_NOBODY = """
actions admin agent app apps bot build chore claude cli client code codespace codex copilot core cursor data default
dependabot dev develop docs ec2-user feat feature fix gemini git github gitlab head home hotfix main master node
noreply origin person prod production project projects refactor release renovate repo repos root runner server service
shop src staging temp test tests tmp trunk ubuntu user users vscode web work worker workspace worktree worktrees
""".split()

_HOMES = r"(?:^|/)(?:home|Users)/([^/]+)"

_LOGINS = """
create or replace temp table logins as
select login, min('person-' || left(key, 10)) as mask, bool_or(whole_name) as in_titles_only
from (
    select key, false as whole_name, case when contains(plain, '@')
        then regexp_replace(split_part(plain, '@', 1), '^[0-9]+\\+', '') else plain end as login
    from ids.pseudonyms where vocabulary = 'account'
    union all
    select key, false, lower(plain) from ids.pseudonyms where vocabulary = 'person'
    union all
    select key, true, lower(plain) from ids.pseudonyms where vocabulary = 'person_name'
)
where length(login) between 3 and 100 and not regexp_full_match(login, '[0-9]+')
    and not list_contains($nobody, login)
group by login
"""

# Candidates are the runs of words in a name, looked up by a join: a product of names and logins
# would not end for a company of 85,000.
_MASKED = r"""
with wanted as (
    select key, vocabulary, plain,
        case
            -- host/owner/repository: only the owner can be a person
            when vocabulary = 'container' and len(string_split(plain, '/')) = 3 then split_part(plain, '/', 2)
            -- the first folder of the landing zone is a source
            when vocabulary = 'file' and contains(plain, '/') then substr(plain, instr(plain, '/') + 1)
            else plain
        end as searched
    from ids.pseudonyms
    where list_contains($vocabularies, vocabulary)
        and ($everything or key not in (select name_key from raw.names))
),
words as (
    select key, vocabulary, searched, regexp_extract_all(lower(searched), '[a-z0-9]+|[^a-z0-9]+') as words
    from wanted
),
starts as (
    select key, vocabulary, searched, words, unnest(generate_series(1, len(words))) as first
    from words
),
runs as (
    select key, vocabulary, searched, array_to_string(words[first:last], '') as run
    from (
        select *, unnest(generate_series(first, least(first + $longest - 1, len(words)), 2)) as last
        from starts where regexp_full_match(words[first], '[a-z0-9]+')
    )
),
hits as (
    select distinct runs.key, logins.login, logins.mask
    from runs
    join logins on logins.login = runs.run
    where (not logins.in_titles_only or runs.vocabulary = 'title')
        -- `ent` in `ent-221` is a project's key.
        and not (
            regexp_full_match(logins.login, '[a-z]+')
            and regexp_matches(lower(runs.searched), '(^|[^a-z0-9])' || logins.login || '-[0-9]+([^a-z0-9]|$)')
        )
),
lists as (
    select key, list({'name': '', 'login': login, 'mask': mask} order by length(login) desc, login) as hits
    from hits group by key
)
select wanted.key as name_key, wanted.vocabulary as kind,
    regexp_replace(
        case when lists.hits is null then wanted.plain else list_reduce(
            list_prepend({'name': wanted.plain, 'login': '', 'mask': ''}, lists.hits),
            lambda done, hit: {'name': hide(hide(done.name, hit.login, hit.mask), hit.login, hit.mask),
                'login': '', 'mask': ''}
        ).name end,
        '[\w.+-]+@[\w-]+\.[\w.-]+', 'e-mail', 'g'
    ) as name
from wanted
left join lists on lists.key = wanted.key
"""

_HIDE = r"""
create or replace temp macro hide(name, login, mask) as regexp_replace(
    name, '(?i)(^|[^a-z0-9])' || regexp_escape(login) || '([^a-z0-9]|$)', '\1' || mask || '\2', 'g'
)
"""


def refresh_names(connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms) -> None:
    """Brings `raw.names` up to date with every name and every login known by now.

    When a login was learned since, all names are made anew, else only those that lack.
    """
    c = connection
    # Whose home a folder is in is a login too, even where no account has it.
    pseudonyms.learn(
        f"select distinct 'account' as vocabulary, '' as system, lower(regexp_extract(plain, '{_HOMES}', 1)) as plain"
        f" from ids.pseudonyms where vocabulary in ('path', 'file') and regexp_extract(plain, '{_HOMES}', 1) <> ''"
    )
    (known,) = c.execute(
        "select count(*) from ids.pseudonyms where vocabulary in ('account', 'person', 'person_name')"
    ).fetchall()[0]
    (before,) = c.execute("select logins_known from audit.warehouse").fetchall()[0]
    c.execute(_LOGINS, {"nobody": _NOBODY})
    c.execute(_HIDE)
    (longest,) = c.execute(
        "select coalesce(max(len(regexp_extract_all(login, '[a-z0-9]+|[^a-z0-9]+'))), 1) from logins"
    ).fetchall()[0]
    c.execute(
        f"create or replace temp table masked as {_MASKED}",
        {"vocabularies": list(NAMES), "everything": known != before, "longest": longest},
    )
    c.begin()
    c.execute("insert or replace into raw.names select name_key, kind, name from masked")
    c.execute("update audit.warehouse set logins_known = ?", [known])
    c.commit()
