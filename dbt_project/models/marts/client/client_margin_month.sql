-- What a client brings and costs, in the group's currency. Statements by the contract's clock, cost
-- by the sites' dates. Small: rebuilt whole.
with revenue as (
    select
        client_id,
        statement_month as month_start_date,
        {% for name, kinds in {
            'fee_group': "'fee'", 'bonus_group': "'bonus'", 'correction_group': "'correction'",
            'credit_group': "'clause', 'points', 'cap', 'earn_back'"
        }.items() -%}
        sum(case when line_kind in ({{ kinds }}) then amount_group else 0 end) as {{ name }},
        {% endfor -%}
        sum(coalesce(amount_group, 0)) as revenue_group,
        sum(case when amount_group is null then 1 else 0 end) as open_lines_n,
        min(case when is_closed_month then 1 else 0 end) = 1 as is_closed_month
    from {{ ref('sla_statement_line') }}
    group by client_id, statement_month
),

cost as (
    select
        client_id,
        cast(date_trunc('month', site_date) as date) as month_start_date,
        sum(cost_group) as cost_group,
        sum(unrated_paid_s) as unrated_paid_s
    from {{ ref('client_cost_day') }}
    group by client_id, cast(date_trunc('month', site_date) as date)
)

select
    coalesce(revenue.client_id, cost.client_id) as client_id,
    coalesce(revenue.month_start_date, cost.month_start_date) as month_start_date,
    coalesce(revenue.is_closed_month, false) as is_closed_month,
    {% for name in [
        'fee_group', 'credit_group', 'bonus_group', 'correction_group', 'revenue_group'
    ] -%}
    cast(coalesce(revenue.{{ name }}, 0) as decimal(18, 2)) as {{ name }},
    {% endfor -%}
    cast(coalesce(cost.cost_group, 0) as decimal(18, 2)) as cost_group,
    cast(coalesce(revenue.revenue_group, 0) - coalesce(cost.cost_group, 0) as decimal(18, 2))
        as margin_group,
    cast(coalesce(revenue.open_lines_n, 0) as bigint) as open_lines_n,
    cast(coalesce(cost.unrated_paid_s, 0) as decimal(18, 6)) as unrated_paid_s
from revenue
full outer join cost
    on
        revenue.client_id = cost.client_id
        and revenue.month_start_date = cost.month_start_date
