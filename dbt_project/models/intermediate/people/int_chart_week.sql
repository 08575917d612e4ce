{{ config(materialized='table') }}
{#- Weekly sums per agent, team and queue, what that week's case mix leads to, and chance. -#}
{%- set stratum = agent_stratum() %}
{%- set measures = agent_measures() %}
{%- set parts = agent_parts() %}

with weeks as (
    select mix.*
    from {{ ref('int_agent_mix_week') }} as mix
    inner join {{ ref('int_as_of') }} as known
        on
            mix.week_start_date > {{ add_days('known.as_of_date', -7 * var('chart_weeks')) }}
            and {{ add_days('mix.week_start_date', 6) }} <= known.as_of_date
),

-- How far one observation lies from another of its kind, in whatever week.
chances as (
    select
        {{ stratum | join(', ') }},
    {% for measure in measures -%}
    {{ spread_of(measure.n, measure.sum, measure.get('square')) }} as spread_{{ loop.index }}
    {{- ',' if not loop.last }}
    {% endfor %}
    from weeks
    group by {{ stratum | join(', ') }}
),

usual as (
    select
        {{ stratum | join(', ') }},
        week_start_date,
    {% for measure in measures -%}
    {{ exact_sum(measure.sum) }} / nullif({{ exact_sum(measure.n) }}, 0)
        as usual_{{ loop.index }}{{ ',' if not loop.last }}
    {% endfor %}
    from weeks
    group by {{ stratum | join(', ') }}, week_start_date
),

expecting as (
    select
        own.*,
        employed.leader_id,
    {% for measure in measures -%}
    own.{{ measure.n }} * usual.usual_{{ loop.index }} as expected_{{ loop.index }},
    own.{{ measure.n }} * chance.spread_{{ loop.index }} as chance_{{ loop.index }}
    {{- ',' if not loop.last }}
    {% endfor %}
    from weeks as own
    inner join usual
        on
            own.week_start_date = usual.week_start_date
            and {{ same_keys('own', 'usual', stratum) }}
    inner join chances as chance on {{ same_keys('own', 'chance', stratum) }}
    left join {{ ref('dim_employment') }} as employed
        on
            own.agent_id = employed.agent_id
            and {{ valid_on('employed', 'own.week_start_date') }}
)

{% for kind, entity in [('agent', 'agent_id'), ('team', 'leader_id'), ('queue', 'queue_id')] %}
select
    '{{ kind }}' as entity_kind,
    {{ entity }} as entity_id,
    client_id,
    week_start_date,
    {% for part in parts -%}
    {{ exact_sum(part) }} as {{ part }},
    {% endfor -%}
{% for measure in measures -%}
{{ exact_sum('expected_' ~ loop.index) }} as expected_{{ loop.index }},
{{ exact_sum('chance_' ~ loop.index) }} as chance_{{ loop.index }}{{ ',' if not loop.last }}
{% endfor %}
from expecting
where {{ entity }} is not null{{ ' and leader_id <> agent_id' if kind == 'team' }}
group by {{ entity }}, client_id, week_start_date
{{ 'union all' if not loop.last }}
{% endfor %}
