{{ config(materialized='table') }}
{%- set series = ['entity_kind', 'entity_id', 'client_id', 'metric'] %}

with leaning as (
    select
        *,
        case when cusum_up >= cusum_down then 'up' else 'down' end as direction,
        case when cusum_up >= cusum_down then cusum_up else cusum_down end as cusum
    from {{ ref('agent_chart') }}
    where centre is not null
),

-- A stretch ends where the drift has run out: the cusum is back at zero, or leans the other way.
stretches as (
    select
        *,
        sum(case when cusum <= 0 or direction <> previous_direction then 1 else 0 end) over (
            partition by {{ series | join(', ') }}
            order by point_number
            rows between unbounded preceding and current row
        ) as stretch
    from (
        select
            *,
            lag(direction) over (partition by {{ series | join(', ') }} order by point_number)
                as previous_direction
        from leaning
    ) as followed
),

signals as (
    select
        {{ series | join(', ') }},
        stretch,
        max_by(leader_id, point_number) as leader_id,
        max(good_direction) as good_direction,
        max(direction) as direction,
        min(case when is_signal then point_number end) as found_at_point,
        min(case when is_signal then week_start_date end) as found_week_date,
        max(case when is_signal then week_start_date end) as last_week_date,
        min(case when is_signal then change_point_number end) as change_point_number,
        min_by(centre, case when is_signal then point_number end) as centre_before,
        min_by(rule, case when is_signal then point_number end) as rule,
        max(point_number) as last_point,
        max(cusum) as cusum_max
    from stretches
    group by {{ series | join(', ') }}, stretch
    having max(case when is_signal then 1 else 0 end) = 1
),

sized as (
    select
        signal.{{ series | join(', signal.') }},
        signal.stretch,
        min(point.week_start_date) as started_week_date,
        {{ exact_sum('point.observed * point.n') }} / sum(point.n) as level_since,
        sum(point.n) as n,
        count(*) as weeks_n
    from signals as signal
    inner join leaning as point
        on
            {{ same_keys('signal', 'point', series) }}
            and point.point_number between signal.change_point_number and signal.last_point
    group by signal.{{ series | join(', signal.') }}, signal.stretch
),

newest as (
    select
        {{ series | join(', ') }},
        max(point_number) as newest_point
    from leaning
    group by {{ series | join(', ') }}
),

told as (
    select
        signal.*,
        sized.started_week_date,
        sized.level_since,
        sized.n,
        sized.weeks_n,
        signal.last_point < newest.newest_point as has_ended,
        case
            when signal.good_direction = 'neither' then 'changed'
            when signal.direction = signal.good_direction then 'better'
            else 'worse'
        end as side
    from signals as signal
    inner join sized
        on
            {{ same_keys('signal', 'sized', series) }}
            and signal.stretch = sized.stretch
    inner join newest
        on
            {{ same_keys('signal', 'newest', series) }}
)

select
    {{ series | join(', ') }},
    case when entity_kind = 'agent' then entity_id end as agent_id,
    leader_id,
    good_direction,
    direction,
    side,
    rule,
    started_week_date,
    found_week_date,
    last_week_date,
    has_ended,
    centre_before,
    level_since,
    level_since - centre_before as size,
    cast(n as bigint) as n,
    cast(weeks_n as integer) as weeks_n,
    -- After a stretch that was worse, the way back: a reason to say well done.
    side = 'better'
    and coalesce(
        lag(side) over (partition by {{ series | join(', ') }} order by found_at_point) = 'worse',
        false
    ) as is_return_to_form
from told
