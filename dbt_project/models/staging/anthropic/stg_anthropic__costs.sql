-- What Anthropic charges, row by row of its reports, in dollars; which rows count is decided as for what was used.
with entries as (
    select
        *,
        count(model) over (partition by load_id) > 0 as by_model,
        count(account_key) over (partition by load_id) > 0 as by_account,
        count(rbac_group_id) over (partition by load_id) > 0 as by_group
    from ({{ current_rows('anthropic_costs') }}) as entries
),

finest as (
    select *
    from entries
    where not by_group and began_at is not null and upper(coalesce(currency, 'USD')) = 'USD'
    qualify dense_rank() over (
        partition by report, cast(began_at as date)
        order by by_model and by_account desc, by_model desc, by_account desc
    ) = 1
)

select
    *,
    cast(began_at as date) as usage_date
from finest
qualify row_number() over (
    partition by
        report, began_at, coalesce(user_key, account_key), ids_key, agent_id, claude_tag_category, context_window,
        deployment_id, environment_id, inference_geo, model, product, service_tier, session_id, speed, workspace_id,
        cost_type, token_type, description
    order by extracted_at desc, load_id desc
) = 1
