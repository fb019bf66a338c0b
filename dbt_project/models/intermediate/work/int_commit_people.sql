-- Who wrote and who made each commit, as persons. Where nobody claims an e-mail, the login may be
-- somebody's. A commit made by pressing a button has no committer of its own.
{% set roles = [('author', 'authored_at'), ('committer', 'committed_at')] %}

select
    commits.repository_key,
    commits.sha,
    commits.is_bot,
    commits.is_merge,
    commits.change_fingerprint,
    commits.authored_at,
    commits.committed_at,
    {% for role, _ in roles %}
    case
        when {{ role }}_logins.is_claimed and not coalesce({{ role }}_mails.is_claimed, false)
            then {{ role }}_logins.person_key
        else coalesce({{ role }}_mails.person_key, {{ role }}_logins.person_key)
    end as {{ role }}_person_key{% if not loop.last %},{% endif %}
    {% endfor %}
from {{ ref('int_commit_accounts') }} as commits
{% for role, done_at in roles %}
left join {{ ref('int_account_days') }} as {{ role }}_mails
    on
        {{ role }}_mails.system = 'git'
        and commits.{{ role }}_key = {{ role }}_mails.account_key
        and cast(commits.{{ done_at }} as date) = {{ role }}_mails.day
left join {{ ref('int_account_days') }} as {{ role }}_logins
    on
        commits.login_system = {{ role }}_logins.system
        and commits.{{ role }}_login_key = {{ role }}_logins.account_key
        and cast(commits.{{ done_at }} as date) = {{ role }}_logins.day
{% endfor %}
