{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'month_start_date',
        'by': 'month',
        'follows': {
            'int_metric_part_day': [0, 0], 'int_metric_part_repeat': [0, 0],
            'int_metric_part_survey': [0, 0], 'int_metric_part_outcome': [0, 0],
            'int_metric_part_case': [0, 0], 'int_metric_part_case_event': [0, 0],
            'int_metric_part_evaluation': [0, 0], 'int_metric_part_whole': [0, 0]
        },
        'unsettled': 'not is_final',
        'rebuild_on': ['stg_company__metric_sets']
    }}
) }}

with contracts as (
    {{ metric_contract_rows() }}
),

shown as (
    select
        period.grain,
        period.entity_kind,
        period.entity_id,
        period.client_id,
        period.month_start_date,
        period.period_start_date,
        period.low as mart_low,
        period.high as mart_high,
        period.value as mart_value,
        contract.*,
        contract.kind = 'model' as is_of_mart,
        case
            when contract.kind = 'model' then period.numerator
            else coalesce(period.numerator, 0)
        end as numerator,
        case
            when contract.kind = 'ratio' then coalesce(period.denominator, 0)
            else period.denominator
        end as denominator,
        coalesce(
            contract.needed_part <> ''
            and period.needed > 0
            and (
                coalesce(period.known, 0) = 0
                or period.known < contract.least_known * period.needed
            ),
            false
        ) as lacks_part,
        coalesce(period.n, period.denominator, period.numerator, 0) as n,
        case
            when contract.group_of = 'agents' then coalesce(period.agents_n, 0)
            else coalesce(period.n, period.denominator, period.numerator, 0)
        end as group_n,
        coalesce(
            case period.grain
                when 'week' then {{ add_days('period.period_start_date', 6) }}
                when 'month'
                    then {{ add_days(add_months('period.period_start_date', 1), -1) }}
                else period.period_start_date
            end
            <= {{ add_days('complete.complete_date', '-1 * contract.final_after_days') }},
            false
        ) as is_final
    from {{ ref('int_metric_period') }} as period
    inner join contracts as contract on period.metric_id = contract.metric_id
    left join {{ ref('int_metric_complete') }} as complete on period.metric_id = complete.metric_id
    where
        {{ only_touched('period.month_start_date') }}
        -- Of groups and persons whole months alone: a day is a moment, no pattern.
        and (
            period.grain <> 'day'
            or (contract.smallest_group = 1 and period.entity_kind <> 'agent')
        )
        and (
            period.entity_kind <> 'agent'
            or exists (
                select 1
                from {{ ref('stg_company__metric_sets') }} as asked
                where
                    asked.applies_to = 'agent'
                    and period.client_id = asked.client_id
                    and period.metric_id = asked.metric
                    and {{ valid_on('asked', 'period.month_start_date') }}
            )
        )
),

-- Of few people no figure is formed. That hides nothing: parts stand here as in the marts of the
-- same audience; what is secret is said in marts of its own (docs/decisions/groups.md).
reasoned as (
    select
        *,
        case
            when smallest_group > 1 and group_n < smallest_group then 'small group'
            when smallest_group > 1 and not is_final and not is_of_mart then 'still open'
            when is_of_mart and mart_value is null then 'not computed'
            when lacks_part then 'not computed: ' || needed_part || ' not known'
            when kind = 'ratio' and denominator = 0 then 'nothing to divide by'
            when kind <> 'count' and n < minimum_sample then 'too few events'
        end as blank_reason
    from shown
),

valued as (
    select
        *,
        case
            when blank_reason is not null then null
            when is_of_mart then mart_value
            when kind = 'count' then numerator
            else numerator / nullif(denominator, 0)
        end as shown_value
    from reasoned
)

select
    metric,
    variant,
    cast(version as integer) as version,
    case
        when entity_kind in ('team', 'leader', 'agent') and audience = 'client' then 'leader'
        else audience
    end as audience,
    grain,
    entity_kind,
    entity_id,
    client_id,
    period_start_date,
    month_start_date,
    is_of_mart,
    numerator,
    denominator,
    n,
    shown_value as value,
    case
        when blank_reason is not null then null
        when is_of_mart then mart_low
        when interval_kind = 'wilson' then {{ wilson_bound('numerator', 'denominator', -1) }}
    end as low,
    case
        when blank_reason is not null then null
        when is_of_mart then mart_high
        when interval_kind = 'wilson' then {{ wilson_bound('numerator', 'denominator', 1) }}
    end as high,
    blank_reason,
    case
        when blank_reason is not null then 'no value'
        when is_of_mart and mart_low is null then 'its mart gives none'
        when kind = 'count' then 'a count is no estimate'
        when kind = 'ratio' and interval_kind = 'none' then 'sums do not tell the spread'
    end as no_interval_reason,
    is_final
from valued
