{% set weeks = var('drift_weeks') %}
-- Final days of a client or site against the same weekdays before them, public holidays left out.
with contracts as (
    {{ metric_contract_rows() }}
),

-- A client's day is left out where any site had a holiday, a site's where that site had.
holidays as (
    select distinct
        entity.entity_kind,
        case entity.entity_kind when 'site' then place.site_id else 'any' end as entity_id,
        holiday.holiday_date
    from {{ ref('stg_company__holidays') }} as holiday
    inner join {{ ref('stg_company__jurisdictions') }} as place
        on
            holiday.jurisdiction = place.jurisdiction
            and {{ valid_on('place', 'holiday.holiday_date') }}
    cross join (values ('client'), ('site')) as entity (entity_kind)
),

days as (
    select
        period.metric_id,
        contract.metric,
        period.entity_kind,
        period.entity_id,
        period.period_start_date,
        {{ add_days('complete.complete_date', '-1 * contract.final_after_days') }} as final_date,
        {{ iso_day_of_week('period.period_start_date') }} as iso_day_of_week,
        coalesce(period.denominator, period.numerator) as n,
        case
            when contract.kind = 'count' then period.numerator
            else coalesce(period.numerator, 0) / nullif(period.denominator, 0)
        end as value
    from {{ ref('int_metric_period') }} as period
    inner join contracts as contract on period.metric_id = contract.metric_id
    inner join {{ ref('int_metric_complete') }} as complete
        on period.metric_id = complete.metric_id
    left join holidays as holiday
        on
            period.period_start_date = holiday.holiday_date
            and period.entity_kind = holiday.entity_kind
            and case period.entity_kind when 'site' then period.entity_id else 'any' end
            = holiday.entity_id
    where
        period.grain = 'day'
        and contract.kind in ('count', 'ratio')
        and period.entity_kind in ('client', 'site')
        and holiday.holiday_date is null
        and period.period_start_date
        > {{ add_days('complete.complete_date', '-1 * contract.final_after_days - 7 * ' ~ weeks) }}
        and (
            contract.kind = 'count'
            or coalesce(period.denominator, 0) >= contract.minimum_sample
        )
),

compared as (
    select
        today.metric_id,
        today.metric,
        today.entity_kind,
        today.entity_id,
        today.period_start_date,
        today.value,
        today.n,
        before.value as before_value,
        median(before.value) over (
            partition by
                today.metric_id, today.entity_kind, today.entity_id, today.period_start_date
        ) as usual
    from days as today
    inner join days as before
        on
            today.metric_id = before.metric_id
            and today.entity_kind = before.entity_kind
            and today.entity_id = before.entity_id
            and today.iso_day_of_week = before.iso_day_of_week
            and today.period_start_date > before.period_start_date
    where
        today.period_start_date <= today.final_date
        and today.period_start_date
        > {{ add_days('today.final_date', '-1 * ' ~ var('drift_days')) }}
),

spread as (
    select
        metric_id,
        metric,
        entity_kind,
        entity_id,
        period_start_date,
        value,
        n,
        usual,
        count(*) as weekdays_n,
        -- 1.4826 makes the median distance a standard deviation; a flat past gets 2 % of its level.
        greatest(1.4826 * median(abs(before_value - usual)), 0.02 * abs(usual)) as deviation
    from compared
    group by metric_id, metric, entity_kind, entity_id, period_start_date, value, n, usual
)

select
    metric,
    entity_kind,
    entity_id,
    period_start_date,
    value,
    n,
    usual,
    deviation,
    weekdays_n
from spread
where
    weekdays_n >= {{ var('drift_weekdays') }}
    and abs(value - usual) > {{ var('drift_deviations') }} * deviation
