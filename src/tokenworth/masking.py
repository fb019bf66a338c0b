r"""Names that the warehouse may know: branches, folders, files and repositories without logins.

A login is recognised where it stands between characters that are neither letters nor digits:
`alice/fix-login`, `/home/alice/shop`, `-home-alice-shop`; with a hyphen for whatever it holds
besides letters and digits, as folders of transcripts spell it. Initials and numbers of staff are
recognised only where a login must stand. The originals stay in `identities.duckdb`; `raw.names`
is derived from them.
"""

from __future__ import annotations

import re

import duckdb

from tokenworth.identities import Pseudonyms
from tokenworth.keys import NAMES
from tokenworth.sources import all_sources
from tokenworth.sources.types import UNREADABLE_PATTERN
from tokenworth.warehouse import listed, literal

# Words that stand in branches and folders everywhere and name nobody, even where someone's login
# is the same: masking them would hide which branch is the default one.
_NOBODY = """
actions admin agent app apps bot build chore claude cli client code codespace codex copilot core cursor data default
dependabot dev develop docs ec2-user feat feature fix gemini git github gitlab head home hotfix main master node
noreply origin person prod production project projects refactor release renovate repo repos root runner server service
shop src staging temp test tests tmp trunk ubuntu user users vscode web work worker workspace worktree worktrees
""".split()

# A folder of the landing zone that is named after an account comes after one of these, and a home
# after one of those.
_PLACES = ["claude_code/", "codex/", "gemini_cli/", "home/", "Users/", "home-", "Users-"]

# Whose home a folder is in is a login too, even where no account has it. Absolute paths only:
# `src/home/index.html` is nobody's. In the folders of transcripts every separator is a hyphen, so
# where the login ends there is a guess, which gives way to a longer login that is known.
_HOMES = {
    "home": ("path", r"(?i)^(?:[a-z]:)?[/\\]+(?:[^/\\]+[/\\]+){0,3}?(?:home|users)[/\\]+([^/\\]+)"),
    "guessed_home": ("file", r"(?:^|/)(?:[A-Za-z]-)?-(?:home|Users)-([^/-]+)"),
}
_LOGIN_VOCABULARIES = ["account", "person", "person_name", *_HOMES]

# Systems whose accounts own repositories.
_FORGES = ["azure_devops", "github", "gitlab"]

# Runs of letters and digits, and what stands between them.
_WORDS = r"[\p{L}\p{N}]+|[^\p{L}\p{N}]+"

_WANTED = r"""
create or replace temp table wanted as
select *, regexp_extract_all(searched, $words) as words
from (
    select key, vocabulary, plain,
        -- host/owner/repository: the owner can be a person, and the repository be named after one, as
        -- `ada-quill.github.io` is. There only owners and logins of where repositories are kept count: a key
        -- of the gateway is often called as what it serves.
        vocabulary = 'container' and len(string_split(plain, '/')) = 3 as is_repository,
        case when is_repository then plain[strpos(plain, '/') + 1:] else plain end as searched,
        case when is_repository then lower(split_part(plain, '/', 2)) end as owner
    from ids.pseudonyms
    where list_contains($vocabularies, vocabulary)
        and ($everything or key not in (select name_key from raw.names))
)
"""

# Of a company of 85,000 most logins stand in no name: those of which the first word stands in none are left out before
# anything is made of them. All that can make a difference to a login that does stand there begins with the same word.
_LOGINS = r"""
create or replace temp table logins as
with words_of_names as (select distinct lower(unnest(words)) from wanted),
said as (
    select key, vocabulary, 'person-' || left(key, 10) as mask,
        case
            when vocabulary <> 'account' then lower(plain)
            when contains(plain, '@') then regexp_replace(split_part(plain, '@', 1), '^[0-9]+\+', '')
            else split_part(plain, '\', -1)  -- DOMAIN\login
        end as login
    from ids.pseudonyms where list_contains($vocabularies, vocabulary)
),
met as (
    select * exclude (key),
        vocabulary = 'account'
            and key in (select account_key from ids.accounts_seen where list_contains($forges, system)) as is_of_forge
    from said
    where regexp_extract(login, '[\p{L}\p{N}]+') in (from words_of_names)
        or regexp_extract(login, '[a-z0-9]+') in (from words_of_names)
),
bare as (
    select * replace (regexp_replace(login, '^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$', '', 'g') as login) from met
),
spelled as (
    select vocabulary, mask, is_of_forge, login from bare
    union
    select vocabulary, mask, is_of_forge, trim(regexp_replace(login, '[^a-z0-9]', '-', 'g'), '-') from bare
),
longer as (
    -- Every beginning, word by word, of a login that is known.
    select distinct array_to_string(words[:last], '') as beginning
    from (
        select words, unnest(generate_series(1, len(words) - 2, 2)) as last
        from (select regexp_extract_all(login, $words) as words from spelled where vocabulary in ('account', 'home'))
    )
),
known as (
    select *, length(login) < 3 or regexp_full_match(login, '[0-9]+') as is_short
    from spelled
    where login <> '' and length(login) <= 100
        and not (vocabulary = 'guessed_home' and login in (select beginning from longer))
),
placed as (
    select login, mask, vocabulary, is_short, is_of_forge from known where not is_short
    union all
    select lower(place) || login, place || mask, vocabulary, is_short, is_of_forge
    from (select *, unnest($places) as place from known where is_short)
)
select login, first(mask order by vocabulary <> 'account', mask) as mask,
    bool_and(vocabulary = 'person_name') as in_titles_only,
    bool_and(is_short) as is_placed, bool_or(is_of_forge) as is_of_forge, regexp_extract_all(login, $words) as words
from placed
where not list_contains($nobody, login)
group by login
"""

# Logins are looked up by their first word: a product of names and logins would not end for a
# company of 85,000, and a pattern for each takes long to make.
_MASKED = r"""
create or replace temp table masked as
with placed as (
    select *, lower(words[first]) as word
    from (select *, unnest(generate_series(1, len(words))) as first from wanted)
),
hits as (
    select placed.key, placed.words, first, first + len(logins.words) - 1 as last, logins.mask, logins.is_placed
    from placed
    join logins on logins.words[1] = placed.word
    where logins.login = lower(array_to_string(placed.words[first:last], ''))
        -- First and last name of a person are that everywhere but in paths, where a folder may be called
        -- like the service that stands in the list of people.
        and (
            not logins.in_titles_only or placed.vocabulary = 'title'
            or len(logins.words) > 1 and placed.vocabulary in ('branch', 'file')
        )
        and (
            placed.owner is null or logins.is_of_forge or logins.login = placed.owner
            or length(array_to_string(placed.words[:first], '')) <= length(placed.owner)
        )
        -- `ent` in `ent-221` is a project's key.
        and not (
            regexp_full_match(logins.login, '[a-z]+')
            and coalesce(placed.words[last + 1], '') = '-'
            and regexp_full_match(coalesce(placed.words[last + 2], ''), '[0-9]+')
        )
),
hidden as (
    select key, any_value(words) as words,
        list({'first': first, 'last': last, 'mask': mask} order by first, last desc) as hits
    from hits
    -- `-home-jo` is not jo's home in `-home-jo-ann-shop` where jo-ann is known.
    where not (is_placed and exists (
        from hits as other
        where other.key = hits.key and other.first > hits.first and other.first <= hits.last and other.last > hits.last
    ))
    group by key
),
rebuilt as (
    select key, array_to_string(list_transform(generate_series(1, len(words)), lambda i: case
            when len(list_filter(hits, lambda h: i between h.first and h.last)) = 0 then words[i]
            when len(list_filter(hits, lambda h: i > h.first and i <= h.last)) > 0 then ''
            else list_filter(hits, lambda h: i = h.first)[1].mask
        end), '') as name
    from hidden
)
select key as name_key, vocabulary as kind,
    regexp_replace(regexp_replace(
        case
            when rebuilt.name is null then plain
            when is_repository then concat_ws('/', split_part(plain, '/', 1), name)
            else name
        end,
        '[^\s@/\\:<>()"'',;]+@[^\s@/\\:<>()"'',;]+\.[^\s@/\\:<>()"'',;]+', 'e-mail', 'g'
    ), $unreadable, '�', 'g') as name
from wanted
left join rebuilt using (key)
"""


def refresh_names(connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms, *, titles: bool = True) -> None:
    """Brings `raw.names` up to date with every name and every login known by now.

    When a login was learned since, all names are made anew, else only those that lack. Without
    `titles` those that were kept before are removed.
    """
    c = connection
    homes = [
        f"select distinct '{vocabulary}' as vocabulary, '' as system,"
        f" lower(regexp_extract(plain, '{pattern}', 1)) as plain"
        f" from ids.pseudonyms where vocabulary = '{kind}' and regexp_extract(plain, '{pattern}', 1) <> ''"
        for vocabulary, (kind, pattern) in _HOMES.items()
    ]
    pseudonyms.learn(" union all ".join(homes))
    (known,) = c.execute(
        f"select (select count(*) from ids.pseudonyms where list_contains({listed(_LOGIN_VOCABULARIES)}, vocabulary))"
        f" + (select count(*) from ids.accounts_seen where list_contains({listed(_FORGES)}, system))"
    ).fetchall()[0]
    (before,) = c.execute("select logins_known from audit.warehouse").fetchall()[0]
    kept = [kind for kind in NAMES if titles or kind != "title"]
    words = literal(_WORDS)
    c.execute(_with(_WANTED, vocabularies=listed(kept), everything=str(known != before), words=words))
    nobody, places, forges = listed([*_NOBODY, *all_sources()]), listed(_PLACES), listed(_FORGES)
    vocabularies = listed(_LOGIN_VOCABULARIES)
    c.execute(_with(_LOGINS, vocabularies=vocabularies, nobody=nobody, places=places, words=words, forges=forges))
    c.execute(_with(_MASKED, unreadable=literal(UNREADABLE_PATTERN)))
    c.begin()
    if not titles:
        c.execute("delete from raw.names where kind = 'title'")
    c.execute("insert or replace into raw.names select name_key, kind, name from masked")
    c.execute(f"update audit.warehouse set logins_known = {known}")
    c.commit()


def _with(query: str, **values: str) -> str:
    return re.sub(r"\$(\w+)", lambda name: values[name[1]], query)
