-- When usage began of each outcome that carries value: the first request that the ledger gives to it, or to a
-- change or sub-task which it stands for.
{{ config(post_hook='{{ put_back_retained() }}') }}

select
    bearers.bearer_id as outcome_id,
    min(requests.occurred_at) as first_used_at
from {{ ref('int_request_links') }} as links
inner join {{ ref('int_usage_placed') }} as requests on links.request_key = requests.request_key
inner join {{ ref('int_value_bearers') }} as bearers on links.outcome_id = bearers.outcome_id
group by bearers.bearer_id
