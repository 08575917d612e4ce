{{ config(materialized='table') }}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language', 'tenure_band'] %}
{%- set group = cell + ['look_back', 'metric'] %}

with people as (
    select *
    from {{ ref('int_agent_measure') }}
    where place = 'current'
),

earlier as (
    select
        agent_id,
        {% for key in cell[:-1] %}{{ key }},
        {% endfor -%}
        look_back,
        metric,
        n as before_n,
        observed as before_observed
    from {{ ref('int_agent_measure') }}
    where place = 'before'
),

{{ shrunken('people', group, ['client_id', 'look_back', 'metric'], value='adjusted') }},

judged as (
    select
        *,
        abs(z) as distance,
        abs(estimate - peer_mean) / nullif(estimate_sd, 0) as sureness
    from shrunken
),

doubts as (
    select
        *,
        2 * ({{ normal_upper_tail('distance') }}) as p_value,
        -- That the true value lies on the other side of the peers' mean.
        {{ normal_upper_tail('sureness') }} as p_wrong_side
    from judged
),

{{ discoveries('doubts', ['client_id', 'metric', 'look_back'], 0.04) }},

choosing as (
    select distinct
        client_id,
        line_of_business,
        site_id,
        look_back
    from {{ ref('int_metric_choice') }}
),

told_apart as (
    select
        *,
        avg(p_wrong_side) over (
            partition by client_id, metric, look_back
            order by p_wrong_side nulls last
            rows between unbounded preceding and current row
        ) as wrong_side_rate
    from discovered
),

joined as (
    select
        person.*,
        employed.site_id,
        employed.team_id,
        employed.leader_id,
        window_.first_date,
        window_.last_date,
        chosen.priority,
        chosen.target,
        counter.n as counter_n,
        counter.observed as counter_observed,
        person.n
        >= greatest(coalesce(chosen.minimum_sample, 0), {{ var('people_minimum_n') }})
            as has_minimum_sample,
        -- A slow contact that settles the matter costs less than two quick ones.
        case when person.is_time then person.estimate / nullif(counter.estimate, 0) end
            as s_per_resolved,
        case when person.is_time then person.peer_mean / nullif(counter.peer_mean, 0) end
            as peers_s_per_resolved
    from told_apart as person
    left join told_apart as counter
        on
            person.agent_id = counter.agent_id
            and person.look_back = counter.look_back
            and person.counter_metric = counter.metric
            and {{ same_keys('person', 'counter', cell) }}
    inner join {{ ref('int_scorecard_windows') }} as window_
        on person.look_back = window_.look_back and window_.place = 'current'
    left join {{ ref('dim_employment') }} as employed
        on
            person.agent_id = employed.agent_id
            and {{ valid_on('employed', 'window_.last_date') }}
    left join choosing
        on
            {{ same_keys('person', 'choosing', ['client_id', 'line_of_business', 'look_back']) }}
            and coalesce(employed.site_id, 'unknown') = choosing.site_id
    left join {{ ref('int_metric_choice') }} as chosen
        on
            {{ same_keys('person', 'chosen', ['client_id', 'line_of_business', 'look_back']) }}
            and coalesce(employed.site_id, 'unknown') = chosen.site_id
            and replace(person.metric, '.', '_') = chosen.metric
    -- What the client's metric set chose for agents; where it says nothing of agents, all of them.
    where choosing.client_id is null or chosen.metric is not null
)

select
    person.agent_id,
    {% for key in cell %}person.{{ key }},
    {% endfor -%}
    person.site_id,
    person.team_id,
    person.leader_id,
    person.look_back,
    person.first_date,
    person.last_date,
    person.metric,
    person.priority,
    person.target,
    person.good_direction,
    person.counter_metric,
    cast(person.counter_n as bigint) as counter_n,
    person.counter_observed,
    cast(person.n as bigint) as n,
    person.value_sum as numerator,
    person.observed,
    case
        when person.kind = 'share' then {{ wilson_bound('person.value_sum', 'person.n', -1) }}
        else person.observed - {{ z_95() }} * sqrt(person.own_variance / person.n)
    end as observed_low,
    case
        when person.kind = 'share' then {{ wilson_bound('person.value_sum', 'person.n', 1) }}
        else person.observed + {{ z_95() }} * sqrt(person.own_variance / person.n)
    end as observed_high,
    cast(earlier.before_n as bigint) as before_n,
    earlier.before_observed,
    person.has_minimum_sample,
    person.adjusted,
    cast(person.peers_n as bigint) as peers_n,
    person.peer_mean,
    person.reliability,
    person.estimate,
    person.estimate - {{ z_95() }} * person.estimate_sd as estimate_low,
    person.estimate + {{ z_95() }} * person.estimate_sd as estimate_high,
    person.expected_sum / person.n as expected,
    person.value_sum / nullif(person.expected_sum, 0) as observed_over_expected,
    person.s_per_resolved,
    person.peers_s_per_resolved,
    case
        when person.estimate is null or not person.has_minimum_sample then 'too few'
        when person.is_discovery and person.wrong_side_rate <= 0.05 then 'yes'
        else 'no'
    end as distinguishable,
    case
        when person.estimate is null or not person.has_minimum_sample then null
        when person.estimate = person.peer_mean then 'equal'
        when person.good_direction = 'neither' and person.estimate > person.peer_mean then 'above'
        when person.good_direction = 'neither' then 'below'
        when (person.estimate > person.peer_mean) = (person.good_direction = 'up') then 'better'
        else 'worse'
    end as side
from joined as person
left join earlier
    on
        person.agent_id = earlier.agent_id
        and person.metric = earlier.metric
        and person.look_back = earlier.look_back
        and {{ same_keys('person', 'earlier', cell[:-1]) }}
