{#-
    Points of the charts. What all peers share that week (a busy week, a new product) is taken out:
    the value is the own average, moved by how far the week's observed value lies from the expected.
    A queue has no peers with the same calls; its value is the observed one.
-#}
with weekly as (
    {% for measure in agent_measures() -%}
    select
        entity_kind,
        entity_id,
        client_id,
        week_start_date,
        '{{ measure.metric }}' as metric,
        '{{ measure.good }}' as good_direction,
        '{{ measure.kind }}' as kind,
        {{ measure.n }} as n,
        {{ measure.sum }} as value_sum,
        {{ 'greatest(0e0, ' ~ measure.square ~ ' - ' ~ measure.sum ~ ' * ' ~ measure.sum ~ ' / '
           ~ measure.n ~ ') / nullif(' ~ measure.n ~ ' - 1, 0)'
           if measure.kind == 'mean' else 'cast(null as double)' }} as own_variance,
        expected_{{ loop.index }} as expected_sum,
        chance_{{ loop.index }} as chance_sum
    from {{ ref('int_chart_week') }}
    where {{ measure.n }} >= {{ var('chart_point_least_n') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    entity_kind,
    entity_id,
    client_id,
    week_start_date,
    metric,
    good_direction,
    kind,
    cast(n as bigint) as n,
    value_sum / n as measured,
    case
        when entity_kind = 'queue' then value_sum / n
        else
            {{ exact_sum('value_sum', 'everybody') }} / sum(n) over everybody
            + (value_sum - expected_sum) / n
    end as observed,
    -- A week with one extraordinary contact is judged by its own spread: it is no signal.
    case when own_variance > 2 * chance_sum / n then own_variance else chance_sum / n end / n
        as sampling_variance
from weekly
window everybody as (partition by entity_kind, client_id, metric)
