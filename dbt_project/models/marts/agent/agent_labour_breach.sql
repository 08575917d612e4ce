-- Each limit of working time that was not kept, measured against the rule of the place and day.
with shifts as (
    select * from {{ ref('agent_shift') }}
),

-- Rests as they lie between shifts; after the last one known an agent rests.
rests as (
    select
        agent_id,
        coalesce(lag(ended_at_utc) over (
            partition by agent_id order by started_at_utc
        ), timestamp '1900-01-01') as from_utc,
        started_at_utc as to_utc
    from shifts

    union all

    select
        agent_id,
        max(ended_at_utc) as from_utc,
        timestamp '9999-12-31' as to_utc
    from shifts
    group by agent_id
),

weeks as (
    select
        agent_id,
        week_start_date,
        max_by(site_id, started_at_utc) as site_id,
        max_by(jurisdiction, started_at_utc) as jurisdiction,
        max_by(session_id, started_at_utc) as session_id,
        max_by(shift_date, started_at_utc) as shift_date,
        {{ to_utc('week_start_date', 'max_by(time_zone, started_at_utc)') }} as from_utc,
        {{ to_utc(add_days('week_start_date', 7), 'max_by(time_zone, started_at_utc)') }} as to_utc,
        sum(worked_s) as worked_s
    from shifts
    group by agent_id, week_start_date
),

week_rests as (
    select
        week.agent_id,
        week.week_start_date,
        max({{ seconds_between(
            'greatest(rest.from_utc, week.from_utc)', 'least(rest.to_utc, week.to_utc)'
        ) }}) as longest_s
    from weeks as week
    left join rests as rest
        on
            week.agent_id = rest.agent_id
            and week.from_utc < rest.to_utc
            and week.to_utc > rest.from_utc
    group by week.agent_id, week.week_start_date
),

dates as (
    select
        agent_id,
        shift_date,
        max_by(site_id, started_at_utc) as site_id,
        max_by(jurisdiction, started_at_utc) as jurisdiction,
        max_by(session_id, started_at_utc) as session_id,
        lag(shift_date) over (partition by agent_id order by shift_date) as previous_date
    from shifts
    group by agent_id, shift_date
),

numbered as (
    select
        *,
        sum(
            case when {{ days_between('previous_date', 'shift_date') }} = 1 then 0 else 1 end
        ) over (
            partition by agent_id order by shift_date
            rows between unbounded preceding and current row
        ) as run_number
    from dates
),

runs as (
    select
        *,
        row_number() over (partition by agent_id, run_number order by shift_date) as days_n
    from numbered
),

-- One row for whatever a rule could be asked of; `over` rules limit from above, the others below.
measured as (
    {% for rule, source, value, per, condition in [
        ('daily_max', 'shifts', 'worked_s / 3600', 'shift', none),
        ('night_shift_max', 'shifts', 'worked_s / 3600', 'shift', none),
        ('break_min', 'shifts', 'break_s / 60', 'shift', none),
        ('daily_rest_min', 'shifts', 'rest_before_s / 3600', 'shift', 'rest_before_s is not null'),
        ('consecutive_days_max', 'runs', 'days_n', 'shift', none)
    ] -%}
    select
        '{{ rule }}' as rule,
        agent_id,
        site_id,
        jurisdiction,
        session_id,
        shift_date,
        cast({{ value }} as decimal(18, 6)) as value,
        cast({{ {
            'break_min': '(worked_s + break_s) / 3600', 'night_shift_max': 'night_s / 3600'
        }.get(rule, 'null') }} as decimal(18, 6)) as after_value
    from {{ source }}
    {{ 'where ' ~ condition if condition else '' }}
    union all
    {% endfor -%}
    select
        'weekly_max' as rule,
        agent_id,
        site_id,
        jurisdiction,
        session_id,
        shift_date,
        cast(worked_s / 3600 as decimal(18, 6)) as value,
        cast(null as decimal(18, 6)) as after_value
    from weeks
    union all
    select
        'weekly_rest_min' as rule,
        week.agent_id,
        week.site_id,
        week.jurisdiction,
        week.session_id,
        week.shift_date,
        cast(coalesce(rest.longest_s, 0) / 3600 as decimal(18, 6)) as value,
        cast(null as decimal(18, 6)) as after_value
    from weeks as week
    inner join week_rests as rest
        on week.agent_id = rest.agent_id and week.week_start_date = rest.week_start_date
)

select
    fact.agent_id,
    fact.shift_date,
    fact.rule,
    fact.site_id,
    fact.jurisdiction,
    fact.session_id,
    fact.value,
    limited.limit_value,
    limited.unit,
    limited.source
from measured as fact
inner join {{ ref('stg_company__labour_rules') }} as limited
    on
        fact.jurisdiction = limited.jurisdiction
        and fact.rule = limited.rule
        and {{ valid_on('limited', 'fact.shift_date') }}
where
    case
        when fact.rule = 'break_min'
            then
                fact.after_value > coalesce(limited.after_h, 0)
                and fact.value < limited.limit_value
        when fact.rule = 'night_shift_max'
            then fact.after_value >= limited.after_h and fact.value > limited.limit_value
        -- A run of days is told once, on the day that was one too many.
        when fact.rule = 'consecutive_days_max' then fact.value = limited.limit_value + 1
        when fact.rule in ('daily_max', 'weekly_max') then fact.value > limited.limit_value
        else fact.value < limited.limit_value
    end
