{{ config(materialized='table') }}
{#- Sums per agent and comparable cell for each look-back, what case mix leads to, and chance. -#}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language'] %}
{%- set stratum = ['site_id', 'queue_id', 'day_part'] %}
{%- set measures = agent_measures() %}
{%- set parts = [] %}
{%- for measure in measures %}
{%- for part in [measure.n, measure.sum, measure.get('square')] if part and part not in parts %}
{%- do parts.append(part) %}
{%- endfor %}
{%- endfor %}

with bounds as (
    select first_date as bound_date from {{ ref('int_scorecard_windows') }}
    union
    select cast({{ add_days('last_date', 1) }} as date) as bound_date
    from {{ ref('int_scorecard_windows') }}
),

spans as (
    select
        bound_date as span_from,
        lead(bound_date) over (order by bound_date) as span_to
    from bounds
),

-- Each row is read once; windows that overlap share the spans between their bounds.
by_span as (
    select
        mix.agent_id,
        {% for key in cell + stratum %}mix.{{ key }},
        {% endfor -%}
        span.span_from,
    {% for part in parts -%}
    {{ exact_sum('mix.' ~ part) }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_agent_mix_day') }} as mix
    inner join spans as span
        on mix.site_date >= span.span_from and mix.site_date < span.span_to
    group by
        mix.agent_id,
        {% for key in cell + stratum %}mix.{{ key }},
        {% endfor %}span.span_from
),

windowed as (
    select
        one.agent_id,
        {% for key in cell + stratum %}one.{{ key }},
        {% endfor -%}
        window_.look_back,
        window_.place,
        coalesce(
            max({{ tenure_band(tenure_days('employed.service_date', 'window_.last_date')) }}),
            'unknown'
        ) as tenure_band,
    {% for part in parts -%}
    {{ exact_sum('one.' ~ part) }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from by_span as one
    inner join {{ ref('int_scorecard_windows') }} as window_
        on one.span_from >= window_.first_date and one.span_from <= window_.last_date
    left join {{ ref('dim_employment') }} as employed
        on
            one.agent_id = employed.agent_id
            and {{ valid_on('employed', 'window_.last_date') }}
    group by
        one.agent_id,
        {% for key in cell + stratum %}one.{{ key }},
        {% endfor %}
        window_.look_back, window_.place
),

strata as (
    select
        {% for key in cell + stratum %}{{ key }},
        {% endfor -%}
        tenure_band,
        look_back,
        place,
    {% for measure in measures -%}
    {{ exact_sum(measure.sum) }} / nullif({{ exact_sum(measure.n) }}, 0)
        as usual_{{ loop.index }},
    {{ spread_of(measure.n, measure.sum, measure.get('square')) }} as spread_{{ loop.index }}
    {{- ',' if not loop.last }}
    {% endfor %}
    from windowed
    group by {{ (cell + stratum) | join(', ') }}, tenure_band, look_back, place
)

select
    own.agent_id,
    {% for key in cell %}own.{{ key }},
    {% endfor -%}
    own.tenure_band,
    own.look_back,
    own.place,
    {% for part in parts -%}
    {{ exact_sum('own.' ~ part) }} as {{ part }},
    {% endfor -%}
{% for measure in measures -%}
{{ exact_sum('own.' ~ measure.n ~ ' * usual.usual_' ~ loop.index) }} as expected_{{ loop.index }},
{{ exact_sum('own.' ~ measure.n ~ ' * usual.spread_' ~ loop.index) }} as chance_{{ loop.index }}
{{- ',' if not loop.last }}
{% endfor %}
from windowed as own
inner join strata as usual
    on
        own.look_back = usual.look_back
        and own.place = usual.place
        and own.tenure_band = usual.tenure_band
        and {{ same_keys('own', 'usual', cell + stratum) }}
group by
    own.agent_id,
    {% for key in cell %}own.{{ key }},
    {% endfor %}
    own.tenure_band, own.look_back, own.place
