-- What was seen of a person in a week. A signal is no verdict.
{% set signals = [
    'scripted_cadence', 'round_the_clock', 'unattributed_burn', 'abandoned_work', 'oversized_model',
    'context_stuffing', 'cache_busting', 'duplicate_work', 'session_splitting', 'threshold_bunching', 'log_mismatch',
    'change_splitting', 'trivial_changes', 'issue_splitting', 'bulk_closing', 'unreviewed_merges', 'rework',
    'unmerged_changes', 'empty_ship'
] %}

with seen as (
    {% for signal in signals %}
    select * from {{ ref('int_signal_' ~ signal) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    person_key,
    team_id,
    week_start,
    signal,
    score,
    tokens,
    cost_usd,
    observed,
    expected,
    explanation,
    benign_explanation
from seen
where score >= 0.1
