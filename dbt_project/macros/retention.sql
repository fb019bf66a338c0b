{# What people did long ago is kept by team only (`tokenworth retain`): the rows of closed days, weeks and months stand
   in the schema `retained` as they were when they were rolled up, and every build puts them back. #}

{# The first day that is not closed, as SQL; before all days where nothing was rolled up. #}
{% macro closed_before(column='closed_before') -%}
    {%- set horizons = load_relation(
        api.Relation.create(database=target.database, schema='retained', identifier='horizons')
    ) if execute else none -%}
    {%- set found = run_query('select max(' ~ column ~ ') from ' ~ horizons) if horizons else none -%}
    cast('{{ found.rows[0][0] or '0001-01-01' if found else '0001-01-01' }}' as date)
{%- endmacro %}

{# Run after each mart and published table: its rows of closed periods give way to those that were kept. #}
{% macro put_back_retained() -%}
    {%- if execute -%}
    {%- set kept = load_relation(api.Relation.create(
        database=this.database, schema='retained', identifier=this.schema ~ '__' ~ this.identifier
    )) -%}
    {%- if kept -%}
    {%- set closed, month = closed_before(), closed_before('month_before') -%}
    {%- set given_way = {
        'fct_usage': 'usage_date < ' ~ closed,
        'fct_attribution': 'usage_id in (select usage_id from ' ~ kept ~ ')',
        'fct_outcomes': 'coalesce(shipped_at, abandoned_at) < ' ~ closed
            ~ ' or outcome_id in (select outcome_id from ' ~ kept ~ ')',
        'fct_team_usage_daily': 'usage_date < ' ~ closed,
        'fct_container_month': 'month_start < ' ~ month,
        'fct_invoice_months': 'month_start < ' ~ month,
        'fct_seat_days': 'seat_date < ' ~ closed,
        'fct_vendor_costs': 'usage_date < ' ~ closed,
        'fct_divergence': 'week_start <= (select max(week_start) from ' ~ kept ~ ')',
        'audit_reconciliation': 'usage_date < ' ~ closed,
        'dim_price': 'price_id in (select price_id from ' ~ kept ~ ')',
        'dim_team': 'team_id in (select team_id from ' ~ kept ~ ')',
        'int_surviving_work': 'shipped_on < ' ~ closed,
        'int_judged_days': 'judged_on < ' ~ closed,
        'int_bearer_starts': 'outcome_id in (select outcome_id from ' ~ kept ~ ')',
    }.get(this.identifier, 'week_start < ' ~ closed) -%}
    {%- set columns = [] -%}
    {%- for column in adapter.get_columns_in_relation(kept) -%}
        {%- do columns.append(adapter.quote(column.name)) -%}
    {%- endfor %}
    delete from {{ this }} where {{ given_way }};
    insert into {{ this }} ({{ columns | join(', ') }}) select {{ columns | join(', ') }} from {{ kept }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
