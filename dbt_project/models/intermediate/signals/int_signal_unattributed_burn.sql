-- Use that belongs to no repository, branch or outcome, on days on which the same person also worked on something
-- that is known. Whole days without any known work say nothing: what they were for may simply not be exported.
{% set most_of_a_session = 15 %}

with linked as (
    select distinct usage_id from {{ ref('fct_attribution') }} where outcome_id is not null and tokens > 0
),

usage as (
    select
        usage.*,
        cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date) as week_start,
        usage.repository is null and linked.usage_id is null as is_unplaced
    from {{ ref('fct_usage') }} as usage
    left join linked on usage.usage_id = linked.usage_id
    where usage.person_key is not null
),

-- What is said of a day is said of all of it: only days with something that is known stay.
known as (
    select distinct
        person_key,
        usage_date
    from usage
    where not is_unplaced and requests > 0
),

days as (
    select usage.*
    from usage
    inner join known on usage.person_key = known.person_key and usage.usage_date = known.usage_date
),

sessions as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        session_id,
        sum(requests) as requests,
        sum(case when is_unplaced then requests else 0 end) as unplaced_requests,
        sum(case when is_unplaced then total_tokens else 0 end) as unplaced_tokens,
        sum(case when is_unplaced then cost_usd else 0 end) as unplaced_cost_usd
    from days
    group by person_key, week_start, session_id
),

-- What has no session, such as a report's row of a day, is of unknown many: it counts as it is.
weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(
            case
                when session_id is not null and requests > {{ most_of_a_session }}
                    then cast({{ most_of_a_session }} * unplaced_requests as double) / requests
                else unplaced_requests
            end
        ) as amount,
        sum(case when session_id is null then requests else least(requests, {{ most_of_a_session }}) end) as base,
        sum(unplaced_tokens) as tokens,
        sum(unplaced_cost_usd) as cost_usd
    from sessions
    group by person_key, week_start
),

{{ compared('weeks', prior=50, floor=0.165, days=35, habit=0.7) }}

select
    {{ signal_columns('unattributed_burn') }},
    {{ dbt.concat([
        percent('observed'), "' of requests on working days belong to no repository, branch or outcome; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Research, or work in a place that no export covers.') }} as benign_explanation
from compared
where amount > 0
