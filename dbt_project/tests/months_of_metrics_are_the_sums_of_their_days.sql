-- Months whose parts are not those of their days; of metrics of groups no day is published.
{{ config(severity='error', meta={
    'reason': 'Whoever adds up days must come to the month that is published.',
    'radius': 'snapshot',
    'breaks': "update metric_value set numerator = numerator + 1, value = null, low = null, high = null, blank_reason = 'not computed' where grain = 'day'"
}) }}

with days as (
    select
        metric,
        entity_kind,
        entity_id,
        client_id,
        month_start_date,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('metric_value') }}
    where grain = 'day'
    group by metric, entity_kind, entity_id, client_id, month_start_date
)

select
    month.metric,
    month.entity_kind,
    month.entity_id,
    month.month_start_date,
    month.numerator,
    day.numerator as of_days
from {{ ref('metric_value') }} as month
inner join days as day
    on
        month.metric = day.metric
        and month.entity_kind = day.entity_kind
        and month.entity_id = day.entity_id
        and month.client_id is not distinct from day.client_id
        and month.period_start_date = day.month_start_date
where
    month.grain = 'month'
    and (
        abs(month.numerator - day.numerator) > 1e-9 * greatest(1, abs(month.numerator))
        or abs(month.denominator - day.denominator) > 1e-9 * greatest(1, abs(month.denominator))
    )
