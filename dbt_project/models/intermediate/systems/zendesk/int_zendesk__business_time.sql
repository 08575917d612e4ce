{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'opened_date',
        'feeds': {'cases': [0, 0], 'case_events': [-31, 0]}
    }}
) }}

with calendar as (
    {{ date_range(var('calendar_first_date'), var('calendar_last_date')) }}
),

measures as (
    select
        site_id,
        ticket_id,
        'first_reply' as measure,
        opened_at,
        coalesce(reply_clock_at, opened_at) as clock_at,
        first_replied_at as reached_at
    from {{ ref('int_zendesk__moments') }}
    where first_replied_at is not null
    union all
    select
        site_id,
        ticket_id,
        'resolution' as measure,
        opened_at,
        opened_at as clock_at,
        resolved_at as reached_at
    from {{ ref('int_zendesk__moments') }}
    where resolved_at is not null
    union all
    select
        site_id,
        ticket_id,
        'target' as measure,
        opened_at,
        target_from_at as clock_at,
        target_met_at as reached_at
    from {{ ref('int_zendesk__moments') }}
    where target_met_at is not null
),

pieces as (
    select
        measure.site_id,
        measure.ticket_id,
        measure.measure,
        cast(measure.opened_at as date) as opened_date,
        span.schedule_id,
        greatest(measure.clock_at, span.from_at) as from_at,
        least(measure.reached_at, span.to_at) as to_at
    from measures as measure
    inner join {{ ref('int_zendesk__service_spans') }} as span
        on
            measure.site_id = span.site_id
            and measure.ticket_id = span.ticket_id
            and measure.clock_at < span.to_at
            and measure.reached_at >= span.from_at
    where {{ only_touched('cast(measure.opened_at as date)') }}
),

-- An interval may reach over midnights: one row per day of the week, Sunday is 0.
hours as (
    select
        schedule.site_id,
        schedule.schedule_id,
        schedule.time_zone,
        day_of_week.n as day_number,
        greatest(schedule.start_minute - day_of_week.n * 1440, 0) as start_minute,
        least(schedule.end_minute - day_of_week.n * 1440, 1440) as end_minute
    from {{ ref('stg_zendesk__schedules') }} as schedule
    inner join (values (0), (1), (2), (3), (4), (5), (6)) as day_of_week (n)
        on
            schedule.start_minute < (day_of_week.n + 1) * 1440
            and schedule.end_minute > day_of_week.n * 1440
    where schedule.time_zone is not null
),

days as (
    select
        piece.*,
        hour.time_zone,
        hour.start_minute,
        hour.end_minute,
        spine.date_day
    from pieces as piece
    inner join hours as hour
        on
            piece.site_id = hour.site_id
            and piece.schedule_id = hour.schedule_id
    inner join calendar as spine
        on
            spine.date_day >= cast({{ to_local('piece.from_at', 'hour.time_zone') }} as date)
            and spine.date_day <= cast({{ to_local('piece.to_at', 'hour.time_zone') }} as date)
            and hour.day_number = {{ iso_day_of_week('spine.date_day') }} % 7
),

open_days as (
    select day.*
    from days as day
    left join {{ ref('stg_zendesk__schedule_holidays') }} as holiday
        on
            day.site_id = holiday.site_id
            and day.schedule_id = holiday.schedule_id
            and day.date_day >= holiday.first_date
            and day.date_day <= holiday.last_date
    where holiday.holiday_id is null
),

-- The walls' clocks become instants before anything is subtracted, so that a night of the clock
-- change has an hour less or more.
opened as (
    select
        *,
        {{ to_utc(add_seconds('cast(date_day as timestamp)', 'start_minute * 60'), 'time_zone') }}
            as opens_at,
        {{ to_utc(add_seconds('cast(date_day as timestamp)', 'end_minute * 60'), 'time_zone') }}
            as closes_at
    from open_days
),

worked as (
    select
        site_id,
        ticket_id,
        measure,
        {{ sum_s(seconds_between('greatest(from_at, opens_at)', 'least(to_at, closes_at)')) }}
            as business_s
    from opened
    where least(to_at, closes_at) > greatest(from_at, opens_at)
    group by site_id, ticket_id, measure
),

known as (
    select distinct
        piece.site_id,
        piece.ticket_id,
        piece.measure,
        piece.opened_date
    from pieces as piece
    inner join hours as hour
        on
            piece.site_id = hour.site_id
            and piece.schedule_id = hour.schedule_id
)

-- Outside all hours is 0; a ticket without a known schedule has no row.
select
    known.site_id,
    known.ticket_id,
    known.measure,
    known.opened_date,
    cast(coalesce(worked.business_s, 0) as bigint) as business_s
from known
left join worked
    on
        known.site_id = worked.site_id
        and known.ticket_id = worked.ticket_id
        and known.measure = worked.measure
