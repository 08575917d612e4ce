{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'month_start_date',
        'by': 'month',
        'follows': {'sla_half_hour': [-1, 1]},
        'only_changed': true,
        'rebuild_on': ['dim_contract_clause']
    }}
) }}

-- Each clause over each of its periods. A half hour that is left out counts on neither side.
with cells as (
    select
        cell.*,
        clause.period,
        clause.comparison,
        clause.threshold,
        clause.minimum_n,
        case clause.period
            when 'interval' then cell.half_hour_start_utc
            when 'day' then cast(cell.contract_date as timestamp)
            else cast(cell.month_start_date as timestamp)
        end as period_start
    from {{ ref('sla_half_hour') }} as cell
    inner join {{ ref('dim_contract_clause') }} as clause
        on
            cell.contract_id = clause.contract_id
            and cell.clause_id = clause.clause_id
            and cell.clause_valid_from = clause.valid_from
    where {{ only_touched('cell.month_start_date') }}
),

periods as (
    select
        contract_id,
        client_id,
        clause_id,
        clause_valid_from,
        metric,
        month_start_date,
        period,
        period_start,
        comparison,
        threshold,
        minimum_n,
        sum(case when exclusion is null then numerator else 0 end) as numerator,
        sum(case when exclusion is null then denominator else 0 end) as denominator,
        sum(case when exclusion is null then unknown_n else 0 end) as unknown_n,
        {% for reason in ['outage', 'holiday', 'volume_above_band'] -%}
        sum(case when exclusion = '{{ reason }}' then denominator else 0 end) as {{ reason }}_n,
        {% endfor -%}
        sum(case when exclusion is not null then numerator else 0 end) as excluded_numerator
    from cells
    group by
        contract_id, client_id, clause_id, clause_valid_from, metric, month_start_date, period,
        period_start, comparison, threshold, minimum_n
),

-- What is not known costs nobody anything: it is on neither side, and much of it judges nothing.
judged as (
    select
        *,
        denominator >= minimum_n
        and unknown_n <= {{ unknown_share_at_most() }} * (denominator + unknown_n)
            as is_assessed
    from periods
)

select
    contract_id,
    client_id,
    clause_id,
    clause_valid_from,
    metric,
    month_start_date,
    period,
    period_start,
    cast(numerator as decimal(18, 6)) as numerator,
    cast(denominator as decimal(18, 6)) as denominator,
    cast(excluded_numerator as decimal(18, 6)) as excluded_numerator,
    cast(outage_n as decimal(18, 6)) as outage_n,
    cast(holiday_n as decimal(18, 6)) as holiday_n,
    cast(volume_above_band_n as decimal(18, 6)) as volume_above_band_n,
    cast(unknown_n + case when is_assessed then 0 else denominator end as decimal(18, 6))
        as too_few_n,
    cast(unknown_n as decimal(18, 6)) as unknown_n,
    is_assessed,
    case
        when not is_assessed then null
        when comparison = 'at_least' then numerator >= threshold * denominator
        else numerator <= threshold * denominator
    end as is_met
from judged
