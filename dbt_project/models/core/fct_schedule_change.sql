{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'shift_date', 'feeds': {'schedules': [-2, 1]}}}
) }}

with publications as (
    select
        source_system,
        agent_id,
        is_mapped,
        site_id,
        shift_date,
        published_at_utc,
        min(case when activity <> 'off' then started_at_utc end) as starts_at_utc,
        max(case when activity <> 'off' then ended_at_utc end) as ends_at_utc
    from {{ ref('int_schedules') }}
    where {{ only_touched('shift_date') }}
    group by source_system, agent_id, is_mapped, site_id, shift_date, published_at_utc
),

followed as (
    select
        *,
        row_number() over (
            partition by source_system, agent_id, shift_date order by published_at_utc
        ) as publication_number,
        lag(starts_at_utc) over (
            partition by source_system, agent_id, shift_date order by published_at_utc
        ) as previous_starts_at_utc,
        lag(ends_at_utc) over (
            partition by source_system, agent_id, shift_date order by published_at_utc
        ) as previous_ends_at_utc
    from publications
),

compared as (
    select
        *,
        case
            when starts_at_utc is null and previous_starts_at_utc is null then 'none'
            when previous_starts_at_utc is null then 'added'
            when starts_at_utc is null then 'cancelled'
            when starts_at_utc = previous_starts_at_utc and ends_at_utc = previous_ends_at_utc
                then 'none'
            else 'moved'
        end as kind,
        abs({{ seconds_between('previous_starts_at_utc', 'starts_at_utc') }}) as start_moved_s,
        abs({{ seconds_between('previous_ends_at_utc', 'ends_at_utc') }}) as end_moved_s,
        {{ seconds_between(
            'published_at_utc',
            'least(coalesce(starts_at_utc, previous_starts_at_utc), '
            ~ 'coalesce(previous_starts_at_utc, starts_at_utc))'
        ) }} as notice_s
    from followed
    where publication_number > 1
),

measured as (
    select
        *,
        coalesce(notice_s between 0 and {{ var('schedule_notice_hours') }} * 3600, false)
            as is_short_notice
    from compared
)

select
    source_system,
    agent_id,
    is_mapped,
    site_id,
    shift_date,
    published_at_utc,
    kind,
    previous_starts_at_utc,
    previous_ends_at_utc,
    starts_at_utc,
    ends_at_utc,
    cast(start_moved_s as bigint) as start_moved_s,
    cast(end_moved_s as bigint) as end_moved_s,
    cast(notice_s as bigint) as notice_s,
    kind = 'moved'
    and is_short_notice
    and greatest(start_moved_s, end_moved_s) >= {{ var('schedule_move_minutes') }} * 60
        as is_moved_at_short_notice,
    kind = 'added' and is_short_notice as is_added_at_short_notice,
    kind = 'cancelled' and is_short_notice as is_cancelled_at_short_notice,
    kind <> 'none' and notice_s < 0 as is_after_the_fact
from measured
