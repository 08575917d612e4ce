{{ config(materialized='table') }}

with points as (
    select
        *,
        week_start_date as period
    from {{ ref('int_chart_point') }}
),

{{ charted('points', ['entity_kind', 'entity_id', 'client_id', 'metric'],
           ['entity_kind', 'client_id', 'metric']) }},

{{ discoveries('charted', ['entity_kind', 'client_id', 'metric', 'period']) }},

led as (
    -- Who leads the person now; what he did under others stays credited to them elsewhere.
    select
        employed.agent_id,
        employed.leader_id
    from {{ ref('dim_employment') }} as employed
    inner join {{ ref('int_as_of') }} as known on {{ valid_on('employed', 'known.as_of_date') }}
)

select
    point.entity_kind,
    point.entity_id,
    case when point.entity_kind = 'agent' then point.entity_id end as agent_id,
    case when point.entity_kind = 'team' then point.entity_id else led.leader_id end as leader_id,
    point.client_id,
    point.metric,
    point.good_direction,
    point.week_start_date,
    cast(point.point_number as integer) as point_number,
    point.n,
    point.measured,
    point.observed,
    point.centre,
    -- Nothing that is charted lies below 0, and no share above 1.
    case when point.low is not null then greatest(0e0, point.low) end as low,
    case when point.kind = 'share' and point.high > 1 then 1e0 else point.high end as high,
    point.z,
    point.cusum_up,
    point.cusum_down,
    cast(
        case
            when point.rule = 'lasting_shift' then point.shift_from
            else point.point_number
        end as integer
    ) as change_point_number,
    point.rule,
    point.p_value,
    point.rule is not null as is_alarm,
    -- One odd week is no pattern: beyond the limits counts when the week before leaned there.
    coalesce(
        point.is_discovery
        and (
            greatest(point.cusum_up, point.cusum_down) > 4
            or (
                point.rule = 'beyond_limits'
                and point.z * lag(point.z) over (
                    partition by point.entity_kind, point.entity_id, point.client_id, point.metric
                    order by point.point_number
                ) > 3
            )
        ),
        false
    ) as is_signal
from discovered as point
left join led
    on case when point.entity_kind = 'agent' then point.entity_id end = led.agent_id
