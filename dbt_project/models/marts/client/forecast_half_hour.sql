{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'follows': {'fct_contact_leg': [-1, 1]},
        'onward': true,
        'only_changed': true,
        'rebuild_on': ['stg_company__forecasts', 'stg_company__queues']
    }}
) }}

-- Offered against forecast up to the last half hour in which anything was offered; a queue that two
-- sites serve has one forecast, so sites are added up.
with offered as (
    select
        queue_id,
        half_hour_start_utc,
        {{ count_if('is_offered') }} as offered_n
    from {{ ref('fct_contact_leg') }}
    where
        {{ only_touched('event_date', before=1, after=1) }}
        and {{ only_touched('cast(half_hour_start_utc as date)') }}
    group by queue_id, half_hour_start_utc
),

known_until as (
    select max(half_hour_start_utc) as half_hour_start_utc
    from (
        select half_hour_start_utc
        from offered
        where offered_n > 0
        {%- if is_incremental() %}
        union all
        select half_hour_start_utc
        from {{ this }}
        where offered_n > 0 and event_date not in {{ touched_dates() }}
        {%- endif %}
    ) as any_offered
),

forecast as (
    select
        {{ scoped_id('source_system', 'queue_code') }} as queue_id,
        half_hour_start_utc,
        sum(forecast_n) as forecast_n
    from {{ ref('stg_company__forecasts') }}
    where {{ only_touched('cast(half_hour_start_utc as date)') }}
    group by {{ scoped_id('source_system', 'queue_code') }}, half_hour_start_utc
),

both_sides as (
    select
        coalesce(forecast.queue_id, offered.queue_id) as queue_id,
        coalesce(forecast.half_hour_start_utc, offered.half_hour_start_utc) as half_hour_start_utc,
        coalesce(offered.offered_n, 0) as offered_n,
        coalesce(forecast.forecast_n, 0) as forecast_n,
        forecast.queue_id is not null as is_forecast
    from forecast
    full outer join offered
        on
            forecast.queue_id = offered.queue_id
            and forecast.half_hour_start_utc = offered.half_hour_start_utc
)

select
    both_sides.queue_id,
    both_sides.half_hour_start_utc,
    cast(both_sides.half_hour_start_utc as date) as event_date,
    coalesce(queue.client_id, 'unmapped') as client_id,
    coalesce(queue.line_of_business, 'unmapped') as line_of_business,
    cast(both_sides.offered_n as bigint) as offered_n,
    cast(both_sides.forecast_n as decimal(18, 6)) as forecast_n,
    both_sides.is_forecast,
    cast(case when both_sides.is_forecast then both_sides.offered_n else 0 end as bigint)
        as offered_with_forecast_n,
    cast(
        case
            when both_sides.is_forecast
                then both_sides.offered_n - both_sides.forecast_n
            else 0
        end as decimal(18, 6)
    ) as error_n,
    cast(
        case
            when both_sides.is_forecast
                then abs(both_sides.offered_n - both_sides.forecast_n)
            else 0
        end as decimal(18, 6)
    ) as absolute_error_n
from both_sides
cross join known_until
left join {{ ref('stg_company__queues') }} as queue
    on
        both_sides.queue_id = {{ scoped_id('queue.source_system', 'queue.queue_code') }}
        and {{ valid_on('queue', 'cast(both_sides.half_hour_start_utc as date)') }}
where both_sides.half_hour_start_utc <= known_until.half_hour_start_utc
