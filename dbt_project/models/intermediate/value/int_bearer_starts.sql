-- When usage began of each outcome that carries value: the first request that the ledger gives to it, or to a
-- change or sub-task which it stands for.
{{ config(post_hook='{{ put_back_retained() }}') }}

select
    bearers.bearer_id as outcome_id,
    min(divided.first_used_at) as first_used_at
from {{ ref('int_divided_usage') }} as divided
inner join {{ ref('int_value_bearers') }} as bearers on divided.outcome_id = bearers.outcome_id
group by bearers.bearer_id
