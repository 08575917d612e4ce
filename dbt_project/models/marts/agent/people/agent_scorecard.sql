{{ config(materialized='table') }}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language', 'tenure_band'] %}
{%- set group = ['peers_id', 'client_id', 'look_back', 'metric'] %}
{%- set pool = group[1:] %}

with people as (
    select
        agent_id,
        {{ group | join(', ') }}, line_of_business,
        n, value_sum, observed, own_variance, within_variance, expected_sum, adjusted,
        before_n, before_observed, counter_n, counter_observed
    from {{ ref('int_agent_measure') }}
),

-- Peers by number until the end: their names are long, and every step would carry them.
peers as (
    select distinct
        peers_id,
        {{ cell | join(', ') }}
    from {{ ref('int_agent_measure') }}
),

metrics as (
    {{ agent_measure_rows() }}
),

{{ shrunken('people', group, pool, value='adjusted') }},

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

-- So many of those told apart that one in twenty of them at most lies on the other side.
wrong_sides as (
    select
        {{ pool | join(', ') }},
        p_wrong_side,
        avg(p_wrong_side) over (partition by {{ pool | join(', ') }} order by p_wrong_side)
            as wrong_side_rate
    from doubts
    where p_wrong_side is not null
),

wrong_side_bounds as (
    select
        {{ pool | join(', ') }},
        max(p_wrong_side) as largest_p
    from wrong_sides
    where wrong_side_rate <= 0.05
    group by {{ pool | join(', ') }}
),

resolving as (
    select
        agent_id,
        peers_id,
        metric,
        estimate,
        peer_mean
    from shrunken
    where metric in (select metrics.told_with from metrics)
),

employed as (
    select
        employed.agent_id,
        employed.site_id,
        employed.team_id,
        employed.leader_id,
        window_.look_back
    from {{ ref('dim_employment') }} as employed
    inner join {{ ref('int_scorecard_windows') }} as window_
        on window_.place = 'current' and {{ valid_on('employed', 'window_.last_date') }}
),

choosing as (
    select distinct
        client_id,
        line_of_business,
        site_id,
        look_back
    from {{ ref('int_metric_choice') }}
),

-- What the client's metric set chose for agents; where it says nothing of agents, all of them.
shown as (
    select
        person.*,
        metrics.kind,
        metrics.good_direction,
        metrics.counter_metric,
        metrics.told_with,
        employed.site_id,
        employed.team_id,
        employed.leader_id,
        chosen.priority,
        chosen.target,
        person.n
        >= greatest(coalesce(chosen.minimum_sample, 0), {{ var('people_minimum_n') }})
            as has_minimum_sample
    from discovered as person
    inner join metrics on person.metric = metrics.metric
    left join employed
        on person.agent_id = employed.agent_id and person.look_back = employed.look_back
    left join choosing
        on
            {{ same_keys('person', 'choosing', ['client_id', 'line_of_business', 'look_back']) }}
            and coalesce(employed.site_id, 'unknown') = choosing.site_id
    left join {{ ref('int_metric_choice') }} as chosen
        on
            {{ same_keys('person', 'chosen', ['client_id', 'line_of_business', 'look_back']) }}
            and coalesce(employed.site_id, 'unknown') = chosen.site_id
            and metrics.set_metric = chosen.metric
    where choosing.client_id is null or chosen.metric is not null
)

select
    person.agent_id,
    peers.{{ cell | join(', peers.') }},
    person.site_id,
    person.team_id,
    person.leader_id,
    person.look_back,
    window_.first_date,
    window_.last_date,
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
    cast(person.before_n as bigint) as before_n,
    person.before_observed,
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
    person.estimate / nullif(resolving.estimate, 0) as s_per_resolved,
    person.peer_mean / nullif(resolving.peer_mean, 0) as peers_s_per_resolved,
    case
        when person.estimate is null or not person.has_minimum_sample then 'too few'
        when person.is_discovery and person.p_wrong_side <= bound.largest_p then 'yes'
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
from shown as person
inner join peers on person.peers_id = peers.peers_id
inner join {{ ref('int_scorecard_windows') }} as window_
    on person.look_back = window_.look_back and window_.place = 'current'
left join wrong_side_bounds as bound on {{ same_keys('person', 'bound', pool) }}
left join resolving
    on
        person.agent_id = resolving.agent_id
        and person.peers_id = resolving.peers_id
        and person.told_with = resolving.metric
