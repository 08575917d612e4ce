{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {
            'sla_cell': [0, 0], 'fct_survey': [-1, 1], 'fct_case': [-1, 1],
            'fct_evaluation': [-1, 1], 'int_excused_day': [-2, 2], 'int_above_band': [-2, 2]
        },
        'only_changed': true,
        'rebuild_on': [
            'dim_contract_clause', 'stg_company__clause_exclusions', 'stg_company__holidays',
            'stg_company__jurisdictions'
        ]
    }}
) }}

-- depends_on: {{ ref('int_excused_day') }}, {{ ref('int_above_band') }}
-- Every cell of a clause with the reason for which the contract leaves it out, if there is one.
with cells as (
    select
        *,
        cast(date_trunc('month', contract_date) as date) as month_start_date
    from (
        select * from {{ ref('sla_cell') }}
        union all
        select * from {{ ref('int_sla_event_cell') }}
    ) as every_cell
    where {{ only_touched('site_date') }}
),

exclusions as (
    select
        cell.contract_id,
        cell.clause_id,
        cell.clause_valid_from,
        cell.site_id,
        cell.queue_id,
        cell.line_of_business,
        cell.half_hour_start_utc,
        min(case exclusion.exclusion when 'outage' then 1 when 'holiday' then 2 else 3 end) as rank
    from cells as cell
    inner join {{ ref('stg_company__clause_exclusions') }} as exclusion
        on
            cell.contract_id = exclusion.contract_id
            and exclusion.clause_id in ('all', cell.clause_id)
            and {{ valid_on('exclusion', 'cell.contract_date') }}
    left join {{ ref('stg_company__jurisdictions') }} as site
        on
            cell.site_id = site.site_id
            and {{ valid_on('site', 'cell.contract_date') }}
    left join {{ ref('stg_company__holidays') }} as holiday
        on
            exclusion.exclusion = 'holiday'
            and coalesce(exclusion.jurisdiction, site.jurisdiction) = holiday.jurisdiction
            and cell.contract_date = holiday.holiday_date
    left join {{ ref('fct_disruption') }} as hit
        on
            exclusion.exclusion = 'outage'
            and hit.is_excused
            and hit.agent_id is null
            and coalesce(hit.client_id, cell.client_id) = cell.client_id
            and coalesce(hit.site_id, cell.site_id) = cell.site_id
            and coalesce(hit.queue_id, cell.queue_id) = cell.queue_id
            and hit.started_at_utc < {{ add_seconds('cell.half_hour_start_utc', 1800) }}
            and coalesce(hit.ended_at_utc, timestamp '9999-12-31') > cell.half_hour_start_utc
    left join {{ ref('int_above_band') }} as band
        on
            exclusion.exclusion = 'volume_above_band'
            and (band.basis <> 'month' or cell.contract_date = band.above_date)
            and cell.contract_id = band.contract_id
            and band.line_of_business in ('all', cell.line_of_business)
            and band.period_start = case band.basis
                when 'interval' then cell.half_hour_start_utc
                when 'day' then cast(cell.contract_date as timestamp)
                else cast(cell.month_start_date as timestamp)
            end
    where
        holiday.holiday_date is not null
        or hit.disruption_id is not null
        or band.contract_id is not null
    group by
        cell.contract_id, cell.clause_id, cell.clause_valid_from, cell.site_id, cell.queue_id,
        cell.line_of_business, cell.half_hour_start_utc
)

select
    cell.contract_id,
    cell.clause_id,
    cell.clause_valid_from,
    cell.client_id,
    cell.metric,
    cell.line_of_business,
    cell.site_id,
    cell.queue_id,
    cell.half_hour_start_utc,
    cell.site_date,
    cell.contract_date,
    cell.month_start_date,
    cell.numerator,
    cell.denominator,
    cell.unknown_n,
    case exclusion.rank
        when 1 then 'outage'
        when 2 then 'holiday'
        when 3 then 'volume_above_band'
    end as exclusion
from cells as cell
left join exclusions as exclusion
    on
        cell.contract_id = exclusion.contract_id
        and cell.clause_id = exclusion.clause_id
        and cell.clause_valid_from = exclusion.clause_valid_from
        and cell.site_id = exclusion.site_id
        and cell.queue_id = exclusion.queue_id
        and cell.line_of_business = exclusion.line_of_business
        and cell.half_hour_start_utc = exclusion.half_hour_start_utc
