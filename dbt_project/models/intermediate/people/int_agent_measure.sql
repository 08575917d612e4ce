{{ config(materialized='table') }}
{#- The sums of int_agent_window as one row per metric, with the variance of one observation. -#}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language', 'tenure_band'] %}
{%- set group = cell + ['look_back', 'place', 'metric'] %}

with measured as (
    {% for measure in agent_measures() -%}
    select
        agent_id,
        {% for key in cell %}{{ key }},
        {% endfor -%}
        look_back,
        place,
        '{{ measure.metric }}' as metric,
        '{{ measure.kind }}' as kind,
        '{{ measure.good }}' as good_direction,
        {{ 'true' if measure.get('per_resolved') else 'false' }} as is_time,
        '{{ measure.counter }}' as counter_metric,
        {{ measure.n }} as n,
        {{ measure.sum }} as value_sum,
        {{ measure.get('square') or measure.sum }} as value_sq_sum,
        {{ 'expected_' ~ loop.index if measure.case_mix else 'cast(null as double)' }}
            as expected_sum,
        {{ 'chance_' ~ loop.index if measure.case_mix else 'cast(null as double)' }} as chance_sum
    from {{ ref('int_agent_window') }}
    where {{ measure.n }} > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    *,
    value_sum / n as observed,
    -- What the peers' case mix would have shown: nobody is told apart by the hours or queues given.
    value_sum / n
    + coalesce(
        {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers - expected_sum / n, 0
    ) as adjusted,
    case
        -- Null where no contact could have ended otherwise: that says nothing of anybody.
        when expected_sum is not null then nullif(chance_sum / n, 0)
        when kind = 'share'
            then
                {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers
                * (1 - {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers)
        -- Within people: each around the own mean, so differences between them do not count.
        else
            greatest(
                0e0, {{ exact_sum('value_sq_sum - value_sum * value_sum / n', 'peers') }}
            )
            / nullif(sum(n - 1) over peers, 0)
    end as within_variance,
    case
        when kind = 'mean' and n > 1
            then greatest(0e0, value_sq_sum - value_sum * value_sum / n) / (n - 1)
    end as own_variance
from measured
window peers as (partition by {{ group | join(', ') }})
