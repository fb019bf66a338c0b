-- What Anthropic counted, row by row of its reports. Files that were grouped by less tell of the same use again:
-- of each report and day the finest grouping counts, and of each of its rows the latest extraction. People are in
-- several groups of roles at once, so a report that is grouped by these adds up to nothing.
with entries as (
    select
        *,
        count(model) over (partition by load_id) > 0 as by_model,
        count(account_key) over (partition by load_id) > 0 as by_account,
        count(rbac_group_id) over (partition by load_id) > 0 as by_group,
        coalesce({{ seconds_between('began_at', 'ended_at') }}, 86400) as seconds
    from ({{ current_rows('anthropic_usage') }}) as entries
),

finest as (
    select *
    from entries
    where not by_group and began_at is not null
    qualify dense_rank() over (
        partition by report, cast(began_at as date)
        order by by_model and by_account desc, by_model desc, by_account desc, seconds desc
    ) = 1
)

select
    *,
    cast(began_at as date) as usage_date
from finest
qualify row_number() over (
    partition by
        report, began_at, coalesce(user_key, account_key), ids_key, agent_id, claude_tag_category, context_window,
        deployment_id, environment_id, inference_geo, model, product, service_tier, session_id, speed, workspace_id
    order by extracted_at desc, load_id desc
) = 1
