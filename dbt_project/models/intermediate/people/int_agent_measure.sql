{{ config(materialized='table') }}
{#- The sums of int_agent_window as one row per metric, with the variance of one observation. -#}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language', 'tenure_band'] %}
{%- set peers = cell + ['look_back'] %}
{%- set measures = agent_measures() %}

with peer_sums as (
    select
        row_number() over (order by {{ peers | join(', ') }}) as peers_id,
        {{ peers | join(', ') }},
    {% for measure in measures -%}
    {{ spread_within(measure) }} as within_{{ loop.index }},
    {{ sum_of_part(measure.sum) }} / nullif({{ whole_sum(measure.n) }}, 0)
        as mean_{{ loop.index }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_agent_window') }}
    group by {{ peers | join(', ') }}
)

{% for measure in measures -%}
{%- set counter = measures | selectattr('metric', 'equalto', measure.counter) | first -%}
select
    own.agent_id,
    own.{{ peers | join(', own.') }},
    peer.peers_id,
    '{{ measure.metric }}' as metric,
    own.{{ measure.n }} as n,
    own.{{ measure.sum }} as value_sum,
    own.{{ measure.sum }} / own.{{ measure.n }} as observed,
    nullif(own.before_{{ measure.n }}, 0) as before_n,
    own.before_{{ measure.sum }} / nullif(own.before_{{ measure.n }}, 0) as before_observed,
    nullif(own.{{ counter.n }}, 0) as counter_n,
    own.{{ counter.sum }} / nullif(own.{{ counter.n }}, 0) as counter_observed,
    {% if measure.case_mix -%}
    own.expected_{{ measure.sum }} as expected_sum,
    -- What the peers' case mix would have shown: nobody is told apart by the hours or queues given.
    own.{{ measure.sum }} / own.{{ measure.n }}
    + coalesce(peer.mean_{{ loop.index }} - own.expected_{{ measure.sum }} / own.{{ measure.n }}, 0)
        as adjusted,
    -- Null where no contact could have ended otherwise: that says nothing of anybody.
    nullif(own.chance_{{ measure.sum }} / own.{{ measure.n }}, 0) as within_variance,
    {%- else -%}
    cast(null as double) as expected_sum,
    own.{{ measure.sum }} / own.{{ measure.n }} as adjusted,
    peer.within_{{ loop.index }} as within_variance,
    {%- endif %}
    {% if measure.square is defined -%}
    case
        when own.{{ measure.n }} > 1
            then
                greatest(
                    0e0,
                    own.{{ measure.square }}
                    - own.{{ measure.sum }} * own.{{ measure.sum }} / own.{{ measure.n }}
                ) / (own.{{ measure.n }} - 1)
    end
    {%- else -%}
    cast(null as double)
    {%- endif %} as own_variance
from {{ ref('int_agent_window') }} as own
inner join peer_sums as peer on {{ same_keys('own', 'peer', peers) }}
where own.{{ measure.n }} > 0
{{ 'union all' if not loop.last }}
{% endfor %}
