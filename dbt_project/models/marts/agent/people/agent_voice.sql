{{ config(materialized='table') }}
{#-
    What is raised without a name is told by the week alone, when the week is over, with team and
    site only where so many were at work that week that it may be anybody: see macro is_blank.
-#}

with voices as (
    select
        voice.*,
        cast(date_trunc('week', voice.site_date) as date) as week_start_date,
        -- Whatever HR calls its system, a team has its code.
        replace(voice.team_id, voice.source_system || ':', '') as team_code,
        known.as_of_date
    from {{ ref('fct_voice') }} as voice
    cross join {{ ref('int_as_of') }} as known
),

weeks as (
    select distinct week_start_date
    from voices
    where is_anonymous
),

at_work as (
    select
        week.week_start_date,
        worked.site_id,
        worked.agent_id,
        coalesce(split_part(worked.team_id, ':', 2), 'none') as team_code
    from weeks as week
    inner join {{ ref('agent_day') }} as worked
        on
            week.week_start_date <= worked.shift_date
            and {{ add_days('week.week_start_date', 7) }} > worked.shift_date
),

sites as (
    select
        week_start_date,
        site_id,
        {{ is_blank('people_n', 'week_start_date', 'site_id') }} as is_withheld
    from (
        select
            week_start_date,
            site_id,
            count(distinct agent_id) as people_n
        from at_work
        group by week_start_date, site_id
    ) as sized
),

teams as (
    select
        sized.week_start_date,
        sized.site_id,
        sized.team_code,
        {{ is_blank('sized.people_n', 'sized.week_start_date, sized.site_id', 'sized.team_code',
                    'site.is_withheld') }} as is_withheld
    from (
        select
            week_start_date,
            site_id,
            team_code,
            count(distinct agent_id) as people_n
        from at_work
        group by week_start_date, site_id, team_code
    ) as sized
    inner join sites as site
        on sized.week_start_date = site.week_start_date and sized.site_id = site.site_id
),

told as (
    select
        voice.*,
        case
            when not voice.is_anonymous or not site.is_withheld then voice.site_id
            else 'withheld'
        end as told_site_id,
        case
            when not voice.is_anonymous then voice.team_id
            when voice.team_id = 'none' and not site.is_withheld then 'none'
            when not team.is_withheld then voice.team_id
            else 'withheld'
        end as told_team_id
    from voices as voice
    left join sites as site
        on voice.week_start_date = site.week_start_date and voice.site_id = site.site_id
    left join teams as team
        on
            voice.week_start_date = team.week_start_date
            and voice.site_id = team.site_id
            and voice.team_code = team.team_code
    where
        not voice.is_anonymous
        or {{ add_days('voice.week_start_date', 7) }} <= voice.as_of_date
),

-- The sender's numbers run with the clock.
numbered as (
    select
        *,
        row_number() over (
            partition by source_system, week_start_date, is_anonymous
            order by told_site_id, told_team_id, kind, topic, status, answered_after_s
        ) as number_of_week
    from told
)

select
    case
        when not is_anonymous then voice_id
        else
            source_system || ':anonymous:' || cast(week_start_date as {{ dbt.type_string() }})
            || ':' || cast(number_of_week as {{ dbt.type_string() }})
    end as voice_id,
    source_system,
    agent_id,
    told_team_id as team_id,
    told_site_id as site_id,
    week_start_date,
    kind,
    topic,
    status,
    case when not is_anonymous then time_zone end as time_zone,
    case when not is_anonymous then raised_at_utc end as raised_at_utc,
    case when not is_anonymous then answered_at_utc end as answered_at_utc,
    case when not is_anonymous then site_date end as site_date,
    is_anonymous,
    is_answered,
    case when not is_anonymous then answered_after_s end as answered_after_s,
    cast(ceil(answered_after_s / 604800e0) as integer) as answered_within_weeks_n
from numbered
