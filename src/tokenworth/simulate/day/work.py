"""What came of a day: pull requests, commits and issues, as their trackers export them that evening."""

from __future__ import annotations

from datetime import date

from tokenworth.simulate.day.company import Company
from tokenworth.simulate.organisation import COMPANY
from tokenworth.simulate.zone import Zone

COMMITS, PULLS, ISSUES = "git_commits", "github_pulls", "jira_search"

_PULLS = """
select 'github/{company}/' || short || '/pulls/{day}.json' as name, count(*) as records,
    '[' || string_agg(to_json({{
        id: 2100000000 + number, number: number, html_url: format('https://{{}}/pull/{{}}', place, number),
        state: case when is_closed then 'closed' else 'open' end, title: format('{{}}: {{}}', issue_key, title),
        "user": {{login: login, id: 700000 + p, "type": 'User', site_admin: false}},
        body: format('Closes {{}}.', issue_key), labels: [],
        created_at: utc(opened_at), updated_at: utc(case when is_closed then closed_at else opened_at end),
        closed_at: case when is_closed then utc(closed_at) end, merged_at: case when is_merged then utc(closed_at) end,
        merge_commit_sha: sha_of(branch || case when is_merged then 'merged' else nth_day::varchar end),
        assignees: [], draft: false,
        head: {{ref: branch, sha: sha_of(branch || nth_day), repo: {{full_name: place[12:], default_branch: 'main'}}}},
        base: {{ref: 'main', repo: {{full_name: place[12:], default_branch: 'main'}}}},
        author_association: 'MEMBER'
    }})::varchar, ',' order by number desc) || ']' as content
from tasks group by short order by short
"""

_COMMITS = """
with commits as (
    -- One on the branch in the afternoon, which no clone has any more once the branch was squashed and deleted.
    select *, {day}::date + interval 15 hour as made_at, sha_of(branch || nth_day) as sha, false as on_default,
        name as committer_name, email as committer_email, title as message, hash(branch, nth_day) as bits
    from tasks where not is_closed
    union all
    select *, closed_at, sha_of(branch || 'merged'), true, 'GitHub', 'noreply@github.com',
        format('{{}}: {{}} (#{{}})', issue_key, title, number), hash(branch, 'merged')
    from tasks where is_merged
)
select 'git/' || place || '/commits-{day_plain}.jsonl' as name, count(*) as records,
    string_agg(to_json({{
        repository: place, sha: sha, parents: [sha_of(place || (number - 1))], author_name: name, author_email: email,
        authored_at: utc(made_at), committer_name: committer_name, committer_email: committer_email,
        committed_at: utc(made_at),
        message: message, on_default_branch: on_default,
        files: list_transform(range(1 + cast(bits % 4 as integer)), lambda f: {{
            path: format('src/part_{{}}/module_{{}}.py', number % 40, (bits >> cast(f * 5 as integer)) % 32),
            added: 3 + (bits >> cast(20 + f * 6 as integer)) % 64, deleted: (bits >> cast(24 + f * 5 as integer)) % 32
        }}),
        patch_id: sha_of(sha)
    }})::varchar, chr(10) order by made_at, sha) || chr(10) as content
from commits group by place order by place
"""

# One project a repository; the pages of all projects of a tenth together, as one search gives them.
_ISSUES = """
select format('jira/{company}.atlassian.net/search/{day}-page-{{:04d}}.json', repository // 10) as name,
    count(*) as records,
    '{{"isLast":true,"issues":[' || string_agg(to_json({{
        id: (repository + 1) * 10000000 + number, key: issue_key,
        fields: {{
            summary: title,
            issuetype: {{name: ['Story', 'Bug', 'Task'][1 + number % 3], subtask: false, hierarchyLevel: 0}},
            project: {{id: 10000 + repository, key: upper(format('S{{:04d}}', repository)), name: short}},
            status: case
                when is_closed then {{id: '10002', name: 'Done', statusCategory: {{key: 'done', name: 'Done'}}}}
                else {{id: '3', name: 'In Progress', statusCategory: {{key: 'indeterminate', name: 'In Progress'}}}}
            end,
            resolution: case when is_closed then {{name: case when is_merged then 'Done' else 'Won''t Do' end}} end,
            resolutiondate: case when is_closed then utc(closed_at) end, labels: [],
            assignee: {{accountId: jira_account, displayName: name, active: true}},
            reporter: {{accountId: jira_account, displayName: name, active: true}},
            created: utc(created_at), updated: utc(case when is_closed then closed_at else created_at end),
            statuscategorychangedate: utc(case when is_closed then closed_at else created_at end)
        }},
        changelog: {{startAt: 0, maxResults: 2, total: 1 + cast(is_closed as integer), histories:
            list_concat(case when is_closed then [{{
                id: ((repository + 1) * 10000000 + number) * 10 + 1, created: utc(closed_at), items: list_value(
                    {{field: 'status', fieldId: 'status', "from": '3', fromString: 'In Progress', "to": '10002',
                        toString: 'Done'}},
                    {{field: 'resolution', fieldId: 'resolution', "from": null, fromString: null, "to": '10000',
                        toString: case when is_merged then 'Done' else 'Won''t Do' end}})
            }}] else [] end, [{{
                id: ((repository + 1) * 10000000 + number) * 10, created: utc(created_at), items: list_value(
                    {{field: 'status', fieldId: 'status', "from": '10000', fromString: 'To Do', "to": '3',
                        toString: 'In Progress'}})
            }}])
        }}
    }})::varchar, ',' order by issue_key) || ']}}' as content
from tasks group by repository // 10 order by 1
"""


def write_work(zone: Zone, company: Company, day: date) -> None:
    """Writes the day's pull requests, commits and issues as their exports show them in its evening."""
    company.c.execute("create or replace macro utc(t) as strftime(t, '%Y-%m-%dT%H:%M:%SZ')")
    names = {"company": COMPANY, "day": day.isoformat()}
    for kind, query in (
        (PULLS, _PULLS.format(**names)),
        (COMMITS, _COMMITS.format(day=f"'{day}'", day_plain=day.isoformat())),
        (ISSUES, _ISSUES.format(**names)),
    ):
        files = company.c.execute(query)
        while row := files.fetchone():
            name, records, content = row
            zone.write(kind, name, content.encode(), records)
