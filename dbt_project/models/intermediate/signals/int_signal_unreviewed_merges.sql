-- Changes of more than a few lines that were merged though nobody else had looked: without a review, or with none
-- later than five minutes after they were opened. What is merged within half an hour counts in full, what takes
-- its time less: somebody may have looked without a word. Only pull requests, and only where the repository knows
-- reviews.
with reviews as (
    select
        reviews.outcome_id,
        max(reviews.submitted_at) as last_at
    from {{ ref('int_reviews') }} as reviews
    inner join {{ ref('int_signal_changes') }} as changes on reviews.outcome_id = changes.outcome_id
    where
        not reviews.is_bot and reviews.person_key is not null and reviews.person_key <> changes.person_key
        and reviews.submitted_at <= changes.closed_at
    group by reviews.outcome_id
),

looked_at as (
    select
        changes.*,
        coalesce({{ seconds_between('changes.opened_at', 'reviews.last_at') }} < 300, true)
        and {{ seconds_between('changes.opened_at', 'changes.closed_at') }} < 14 * 86400 as is_unlooked,
        {{ seconds_between('changes.opened_at', 'changes.closed_at') }} < 1800 as is_at_once,
        count(reviews.outcome_id) over (partition by changes.repository_key) > 0 as repository_is_reviewed
    from {{ ref('int_signal_changes') }} as changes
    left join reviews on changes.outcome_id = reviews.outcome_id
),

weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when is_unlooked and is_at_once then 1.0 when is_unlooked then 0.6 else 0 end) as amount,
        count(*) as base,
        sum(case when is_unlooked then tokens else 0 end) as tokens,
        sum(case when is_unlooked then cost_usd else 0 end) as cost_usd
    from looked_at
    where is_shipped and tracker <> 'git' and lines > 6 and repository_is_reviewed
    group by person_key, week_start
),

{{ compared('weeks', prior=5, floor=0.11, days=41, sustained=false) }}

select
    {{ signal_columns('unreviewed_merges') }},
    {{ dbt.concat([
        percent('observed'), "' of merged changes had no review, or one within minutes of being opened; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Hot fixes, or pairs who review while they write.') }} as benign_explanation
from compared
where amount > 0
