"""Words that the declarations share, as macros of the engine.

They live in the connection that loads, never in the warehouse file. A change here, or to a
setting that goes in here, changes the reader's version, and files are read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

# Tags that join: a company's own words on its requests, as `key:value` or `key=value` in a list,
# or as keys of an object, in any case. The value's pattern is strict: what is no repository,
# branch, ticket or commit (a title, a name, a prompt) stays outside.
TagKind = Literal["repository", "branch", "issue", "pull_request", "commit"]
TAG_WORDS: dict[TagKind, Sequence[str]] = {
    "repository": ("repo", "repository", "vcs.repository.url.full", "vcs.repository.name"),
    "branch": ("branch", "git_branch", "vcs.ref.head.name"),
    "issue": ("ticket", "issue", "jira", "work_item"),
    "pull_request": ("pr", "pull_request", "vcs.change.id"),
    "commit": ("commit", "sha", "vcs.ref.head.revision"),
}
_TAG_VALUES: dict[TagKind, str] = {
    "repository": r"[\w.@:/~-]+",
    "branch": r"[^\s\"\\,]+",
    "issue": r"#?[A-Za-z][A-Za-z0-9_]*-\d+|#?\d+|[Aa][Bb]#\d+",
    "pull_request": r"(?:[\w.@:/~-]*/(?:pull|merge_requests)/)?[#!]?\d+|[\w.-]+(?:/[\w.-]+)+[#!]\d+",
    "commit": r"[0-9a-fA-F]{7,64}",
}

_ISSUE_KEY = r"\b[A-Z][A-Z0-9_]{1,15}-[1-9][0-9]{0,6}\b"
_CLOSING = r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
_NUMBER_OF_GITLAB = r"(?:[\w.-]+(?:/[\w.-]+)*)?#\d+"
_CLOSING_OF_GITLAB = (
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):?\s+(?:issues?\s+)?"
    rf"({_NUMBER_OF_GITLAB}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_NUMBER_OF_GITLAB})*)"
)
_SHA = r"[0-9a-f]{7,40}"
# What git prints of a commit that it made: `[branch sha] subject`, and how it names a branch's first
# commit and one on no branch. A branch's name holds neither white space nor brackets.
_MARK = rf"\[(?:detached HEAD|[^\[\]\s\"\\~^:?*]{{1,250}})(?: \(root-commit\))? {_SHA}\]"


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in words)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def macros(
    own_words: Mapping[TagKind, Sequence[str]],
    jira_format: str,
    jira_zone: str,
    keep_titles: bool,
    azure_format: str = "%m/%d/%Y %I:%M:%S %p",
    azure_zone: str = "UTC",
) -> list[tuple[str, str]]:
    """Macros as pairs of signature and body; `own_words` are a company's further words for tags."""
    words = {kind: [*given, *own_words.get(kind, ())] for kind, given in TAG_WORDS.items()}
    every_word = [word for given in words.values() for word in given]
    quoted = ", ".join(_quoted(word.lower()) for word in every_word)
    some_tag = rf'(?i)"(?:{_alternatives(every_word)})["\s:=]'
    some_name = rf"(?im)^(?:{_alternatives(every_word)})$"
    tags = []
    for kind, value in _TAG_VALUES.items():
        # What stands before a number's `#` is a repository, whose owner may be a person.
        owner = r"(?:[\w.-]+/[\w.-]+#)?" if kind == "issue" else ""
        pattern = rf'(?i)"(?:{_alternatives(words[kind])})(?:"\s*:\s*"?|\s*[:=]\s*){owner}({value})\s*["\\,}}\]]'
        tags.append((f"tag_{kind}(t)", f"nullif(regexp_extract(t, {_quoted(pattern)}, 1), '')"))
    return [
        # A list to unnest that keeps its record even when there is nothing in it.
        ("each(items)", "case when len(items) > 0 then items else [null] end"),
        # One look for any of the words comes first: most requests carry none, and five patterns cost more
        # than parsing the line. What is too short for a word and a value is not looked at.
        ("tagged(t)", f"case when length(t) > 4 then case when regexp_matches(t, {_quoted(some_tag)}) then t end end"),
        *tags,
        # OpenTelemetry attributes: a list of keys and values of several types. Taken apart once, they are looked up
        # by position: filtering the list anew for each of forty words took three times as long as all the rest.
        (
            "attribute_text(v)",
            """coalesce(nullif(v."stringValue", ''), v."intValue", v."doubleValue", v."boolValue")""",
        ),
        ("attribute_names(items)", "list_transform(items, lambda a: a.key)"),
        ("attribute_texts(items)", "list_transform(items, lambda a: attribute_text(a.value))"),
        ("attribute(names, texts, name)", "texts[list_position(names, name)]"),
        (
            "attribute_tags(names, texts)",
            # One look for any of the words comes first here as well.
            f"case when regexp_matches(array_to_string(names, chr(10)), {_quoted(some_name)}) then"
            " array_to_string(list_transform(list_filter(list_zip(names, texts),"
            f" lambda a: lower(a[1]) in ({quoted})),"
            """ lambda a: '"' || a[1] || '":"' || a[2] || '"'), ',') || ',' end""",
        ),
        # Azure DevOps has three hosts, and a folder of its own in what it calls a repository.
        (
            "azure_name(t)",
            r"case when contains(t, 'azure.com/') or contains(t, '.visualstudio.com/') then"
            r" regexp_replace(regexp_replace(regexp_replace(regexp_replace(t, '^ssh\.dev\.azure\.com/v3/',"
            r" 'dev.azure.com/'), '^([^./]+)\.visualstudio\.com/(?:defaultcollection/)?', 'dev.azure.com/\1/'),"
            r" '^(dev\.azure\.com/[^/]+)/_git/([^/]+)$', '\1/\2/\2'), '/_git/', '/') else t end",
        ),
        # A remote in any spelling, as host/owner/repository.
        (
            "repository_name(t)",
            r"azure_name(regexp_replace(regexp_replace(regexp_replace(lower(trim(t)),"
            r" '^(?:[a-z+]+://)?(?:[^@/]+@)?', ''), '^([^/:]+):(?:[0-9]+/)?', '\1/'), '(?:\.git)?/*$', ''))",
        ),
        # In an order of its own, which the engine's own list_distinct leaves to chance.
        ("each_once(items)", "list_sort(list_distinct(items))"),
        # Azure DevOps: work items named from outside, and those that it lists itself below a merge.
        (
            "work_items(t)",
            r"list_transform(list_concat(regexp_extract_all(t, '\bAB#([1-9][0-9]*)\b', 1),"
            r" regexp_extract_all(regexp_extract(t, '(?m)^Related work items: (.*)$', 1), '#([1-9][0-9]*)', 1)),"
            " lambda n: 'AB#' || n)",
        ),
        # What a message says of other work. The text itself is not kept.
        ("issue_keys(t)", f"each_once(list_concat(regexp_extract_all(t, '{_ISSUE_KEY}'), work_items(t)))"),
        (
            "closed_issues(t)",
            rf"each_once(regexp_extract_all(lower(t), '{_CLOSING}((?:[\w.-]+(?:/[\w.-]+)+)?#\d+)', 1))",
        ),
        (
            "short_links(t)",
            r"regexp_replace(t, 'https?://[^/\s]+/([\w./-]+?)/-/(?:issues|work_items)/([0-9]+)', '\1#\2', 'g')",
        ),
        # On GitLab one closing word stands for a list, and links name issues as well.
        (
            "closed_issues_of_gitlab(t)",
            f"each_once(flatten(list_transform(regexp_extract_all(lower(short_links(t)), '{_CLOSING_OF_GITLAB}', 1),"
            rf" lambda said: regexp_extract_all(said, '({_NUMBER_OF_GITLAB})', 1))))",
        ),
        (
            "closed_issue_keys(t)",
            rf"each_once(regexp_extract_all(t, '(?i:{_CLOSING})({_ISSUE_KEY})', 1))",
        ),
        (
            "reverted_commits(t)",
            f"each_once(regexp_extract_all(lower(t), 'this reverts commit ({_SHA})', 1))",
        ),
        (
            "reverted_pull_requests(t)",
            # GitLab writes `reverts merge request !12`, Azure DevOps `reverts !12`.
            r"each_once(list_transform(regexp_extract_all(lower(t),"
            r" '\breverts (?:merge request )?((?:[\w.-]+(?:/[\w.-]+)+)?[#!]\d+)', 1), lambda n: replace(n, '!', '#')))",
        ),
        # The marks of commits in what tools gave back, one result a block; in the order of their texts.
        (
            "block_text(b)",
            """coalesce(array_to_string(b->>'$.content[*].text', chr(10)), '') || chr(10) ||
            case when json_type(b, '$.content') = 'VARCHAR' then b->>'$.content' else '' end""",
        ),
        (
            "marks_of_results(t)",
            "each_once(flatten(list_transform(list_filter(from_json(t, '[\"JSON\"]'), lambda b:"
            " b->>'$.type' = 'tool_result'),"
            f" lambda b: regexp_extract_all(block_text(b), '(?:^|\\s)({_MARK})', 1))))",
        ),
        # Looks for one come first: parsing what every tool gave back would cost more than all the rest. This
        # one finds its beginning, a bracket, at the speed of memory.
        ("may_hold_marks(t)", rf"regexp_matches(t, '\[[^\[\]\"]* {_SHA}\]')"),
        (
            "commit_marks(t)",
            f"case when contains(t, '\"tool_result\"') then case when regexp_matches(t, '{_MARK}') then"
            " case when json_valid(t) and json_type(t) = 'ARRAY' then marks_of_results(t) end end end",
        ),
        ("marked_branch(m)", f"regexp_extract(m, '^\\[([^ ]+)(?: \\(root-commit\\))? {_SHA}\\]$', 1)"),
        ("marked_commit(m)", f"regexp_extract(m, '({_SHA})\\]$', 1)"),
        ("kept_title(t)", "t" if keep_titles else "null::VARCHAR"),
        # The stand-in address of a person names the login, with GitHub's number or GitLab's before it.
        (
            "login_in_address(t)",
            r"coalesce(nullif(regexp_extract(lower(t), '^(?:[0-9]+\+)?([^@]+)@users\.noreply\.github\.com$', 1), ''),"
            r" regexp_extract(lower(t), '^(?:[0-9]+-)?([^@]+)@users\.noreply\.gitlab\.com$', 1))",
        ),
        (
            "host_of_address(t)",
            r"nullif(regexp_extract(lower(t), '@users\.noreply\.(github|gitlab)\.com$', 1), '')",
        ),
        # The address of whoever committed; GitHub's own stands where somebody pressed a button there.
        ("own_address(t)", "case when lower(t) <> 'noreply@github.com' then t end"),
        ("first_line(t)", "split_part(t, chr(10), 1)"),
        # strptime knows no zone of the exporting person; the setting does.
        ("jira_time(t)", _local_time(jira_format, jira_zone)),
        ("azure_time(t)", _local_time(azure_format, azure_zone)),
        # Linear's CSV writes times as JavaScript prints them, or in ISO.
        (
            "linear_time(t)",
            r"coalesce(try_strptime(regexp_extract(t, '^[A-Z][a-z]{2} ([A-Z][a-z]{2} [0-9]{2} [0-9]{4} [0-9:]{8}"
            r" GMT[+-][0-9]{4})', 1), '%b %d %Y %H:%M:%S GMT%z')::VARCHAR, t)",
        ),
        # Azure DevOps names a person by an object, or as `Name <e-mail>`.
        (
            "azure_account(t)",
            r"""case when t[1] = '{' then coalesce(nullif(t->>'$.uniqueName', ''), t->>'$.displayName')
            else coalesce(nullif(regexp_extract(t, '<([^<>]+)>', 1), ''), t) end""",
        ),
    ]


def _local_time(form: str, zone: str) -> str:
    """A time without a zone, in one format: what is not written so is refused, never guessed at."""
    return (
        f"case when t <> '' then coalesce(timezone({_quoted(zone)},"
        f" try_strptime(t, {_quoted(form)}))::VARCHAR, 'unreadable') end"
    )
