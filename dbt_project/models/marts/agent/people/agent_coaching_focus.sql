{{ config(materialized='table') }}
{%- set group = [
    'client_id', 'line_of_business', 'channel', 'language', 'tenure_band', 'reason', 'part'
] %}

with parts as (
    select *
    from {{ ref('int_coaching_part') }}
),

{{ shrunken('parts', group, ['client_id', 'part'], value='adjusted') }},

gaps as (
    select
        *,
        estimate - peer_mean as gap,
        case when good_direction = 'up' then 1 else -1 end * (estimate - peer_mean) as advantage,
        abs(estimate - peer_mean) / nullif(estimate_sd, 0) as sureness
    from shrunken
    where estimate is not null and n >= {{ var('people_minimum_n') }}
),

sure as (
    select
        *,
        {{ normal_upper_tail('sureness') }} as p_wrong_side,
        -- What a part weighs is its size over all contacts, in standard deviations of the peers'
        -- true values where units differ.
        abs(gap) * n / nullif(sqrt(between_variance), 0) as weight
    from gaps
),

-- Handling time per contact that settled the matter: the own, and what the peers' is.
costs as (
    select
        agent_id,
        client_id,
        line_of_business,
        channel,
        language,
        {% for who, value in [
            ('', 'adjusted'), ('peers_', 'adjusted - (value_sum - expected_sum) / n')
        ] -%}
    max(case when metric = 'handle_time.of_handled' then {{ value }} end)
    / nullif(
        max(case when metric = 'first_contact_resolution.no_repeat_7d' then {{ value }} end), 0
    ) as {{ who }}s_per_resolved{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_agent_measure') }}
    where look_back = 'days_90'
    group by agent_id, client_id, line_of_business, channel, language
),

sided as (
    select
        sure.*,
        cost.s_per_resolved,
        cost.peers_s_per_resolved,
        case when sure.advantage < 0 then 'focus' else 'strength' end as kind_of_row
    from sure
    left join costs as cost
        on sure.agent_id = cost.agent_id and {{ same_keys('sure', 'cost', group[:4]) }}
    -- A strength is certain; a focus is worth a talk before it is proven. Neither is about speed
    -- alone: whoever settles more with more time is not slow, whoever settles less is not quick.
    where
        (
            (sure.advantage > 0 and sure.sureness >= {{ z_95() }})
            or (sure.advantage < 0 and sure.p_wrong_side <= 0.1)
        )
        and (
            sure.unit <> 's'
            or coalesce(
                (cost.s_per_resolved > cost.peers_s_per_resolved) = (sure.advantage < 0), true
            )
        )
),

placed as (
    select
        *,
        row_number() over (
            partition by agent_id, kind_of_row
            order by weight desc nulls last, part asc, reason asc
        ) as place
    from sided
),

led as (
    -- Who leads the person now; what he did under others stays credited to them elsewhere.
    select
        employed.agent_id,
        employed.leader_id
    from {{ ref('dim_employment') }} as employed
    inner join {{ ref('int_as_of') }} as known on {{ valid_on('employed', 'known.as_of_date') }}
)

select
    placed.agent_id,
    led.leader_id,
    placed.kind_of_row as kind,
    cast(placed.place as integer) as place,
    placed.client_id,
    placed.line_of_business,
    placed.channel,
    placed.language,
    placed.tenure_band,
    placed.reason,
    placed.part,
    placed.unit,
    cast(placed.n as bigint) as n,
    cast(placed.weeks_n as integer) as weeks_n,
    cast(placed.peers_n as bigint) as peers_n,
    placed.observed,
    placed.adjusted,
    placed.peer_mean,
    placed.s_per_resolved,
    placed.peers_s_per_resolved,
    placed.gap,
    placed.gap - {{ z_95() }} * placed.estimate_sd as gap_low,
    placed.gap + {{ z_95() }} * placed.estimate_sd as gap_high,
    1 - placed.p_wrong_side as certainty,
    step.action_code,
    step.step,
    replace(replace(placed.part, 'qa_', 'QA: '), '_', ' ')
    || case
        when placed.reason = 'all' then ''
        else
            ' on ' || replace(placed.reason, '_', ' ')
            || case when placed.part = 'reopenings' then ' cases' else ' contacts' end
    end
    || ': '
    || cast(
        cast(
            round(abs(placed.gap) * case when placed.unit = 'share' then 100 else 1 end, 0)
            as integer
        ) as {{ dbt.type_string() }}
    )
    || case
        when placed.unit = 's' then ' s'
        when placed.unit = 'share' then ' of 100'
        else ' points'
    end
    || case when placed.gap > 0 then ' above peers, ' else ' below peers, ' end
    || cast(cast(placed.n as bigint) as {{ dbt.type_string() }})
    || case
        when placed.unit = 'pct' then ' evaluations, '
        when placed.part = 'reopenings' then ' cases, '
        else ' contacts, '
    end
    || cast(cast(placed.weeks_n as integer) as {{ dbt.type_string() }})
    || ' weeks' as in_words
from placed
left join led on placed.agent_id = led.agent_id
left join {{ ref('stg_company__coaching_steps') }} as step
    on
        case when placed.kind_of_row = 'focus' then placed.part end = step.part
        and step.valid_from <= (select as_of_date from {{ ref('int_as_of') }})
        and coalesce(step.valid_to, date '9999-12-31')
        > (select as_of_date from {{ ref('int_as_of') }})
where placed.place <= 3
