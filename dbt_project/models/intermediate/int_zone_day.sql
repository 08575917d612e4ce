{{ config(materialized='table') }}

with zones as (
    select distinct time_zone
    from {{ ref('stg_company__sites') }}
    where time_zone is not null
),

days as (
    select distinct
        event_date,
        cast(event_date as timestamp) as from_utc,
        cast({{ add_days('event_date', 1) }} as timestamp) as to_utc
    from raw.touched
),

clocks as (
    select
        zone.time_zone,
        day.event_date,
        {{ seconds_between('day.from_utc', to_local('day.from_utc', 'zone.time_zone')) }}
            as first_s,
        {{ seconds_between('day.to_utc', to_local('day.to_utc', 'zone.time_zone')) }} as last_s
    from zones as zone
    cross join days as day
)

select
    time_zone,
    event_date,
    first_s as ahead_s
from clocks
where first_s = last_s
