-- What else could explain a team's figures, as far as the data tells: one row a team, week and explanation.
{% set circumstances = [
    ('newcomer_share >= 0.25', 'onboarding: many of its people are new'),
    ('set_aside_share >= 0.1', 'long-lead work: more than usual is still open'),
    ('explained_share >= 0.1', 'research, incidents, reviews or support: work that ships little'),
] %}

{% for condition, explanation in circumstances %}
select
    team_id,
    week_start,
    '{{ explanation }}' as explanation
from {{ ref('int_verdicts') }}
where {{ condition }}

union
{% endfor %}

select
    team_id,
    week_start,
    benign_explanation
from {{ ref('int_verdict_signals') }}
where benign_explanation is not null
