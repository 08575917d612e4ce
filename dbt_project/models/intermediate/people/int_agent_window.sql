{{ config(materialized='table') }}
{#- Sums per agent and comparable cell for each look-back, what case mix leads to, and chance. -#}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language'] %}
{%- set stratum = agent_stratum() %}
{%- set parts = agent_parts() %}
{%- set measures = agent_measures() %}

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

-- Dates by the span that they are in; dates and whole weeks by name, so that rows join by equality.
days as (
    select
        day.date_day as site_date,
        day.iso_week_start_date as week_start_date,
        span.span_from,
        span.span_from <= day.iso_week_start_date
        and span.span_to >= {{ add_days('day.iso_week_start_date', 7) }} as is_whole_week
    from spans as span
    inner join {{ ref('dim_date') }} as day
        on span.span_from <= day.date_day and span.span_to > day.date_day
),

single_days as (
    select
        site_date,
        span_from
    from days
    where not is_whole_week
),

whole_weeks as (
    select distinct
        week_start_date,
        span_from
    from days
    where is_whole_week
),

looked_at as (
    select
        span.span_from,
        window_.look_back,
        window_.place
    from spans as span
    inner join {{ ref('int_scorecard_windows') }} as window_
        on span.span_from >= window_.first_date and span.span_from <= window_.last_date
),

-- Each row is read once; windows that overlap share the spans between their bounds.
by_span as (
    select
        mix.agent_id,
        mix.{{ stratum | join(', mix.') }},
        mix.span_from,
    {% for part in parts -%}
    {{ sum_of_part(part, 'mix') }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from (
        {% for relation, date, dates in [
            ('int_agent_mix_day', 'site_date', 'single_days'),
            ('int_agent_mix_week', 'week_start_date', 'whole_weeks')
        ] -%}
        select
            one.agent_id,
            one.{{ stratum | join(', one.') }},
            day.span_from,
            one.{{ parts | join(', one.') }}
        from {{ ref(relation) }} as one
        inner join {{ dates }} as day
            on one.{{ date }} = day.{{ date }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as mix
    group by mix.agent_id, mix.{{ stratum | join(', mix.') }}, mix.span_from
),

tenures as (
    select
        employed.agent_id,
        window_.look_back,
        max({{ tenure_band(tenure_days('employed.service_date', 'window_.last_date')) }})
            as tenure_band
    from {{ ref('dim_employment') }} as employed
    inner join {{ ref('int_scorecard_windows') }} as window_
        on window_.place = 'current' and {{ valid_on('employed', 'window_.last_date') }}
    group by employed.agent_id, window_.look_back
),

{% for name, place, keys in [('windowed', 'current', stratum), ('before_sums', 'before', cell)] -%}
{{ name }} as (
    select
        one.agent_id,
        one.{{ keys | join(', one.') }},
        looked.look_back,
    {% for part in parts -%}
    {{ sum_of_part(part, 'one') }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from by_span as one
    inner join looked_at as looked
        on one.span_from = looked.span_from and looked.place = '{{ place }}'
    group by one.agent_id, one.{{ keys | join(', one.') }}, looked.look_back
),

{% endfor -%}
banded as (
    select
        windowed.*,
        coalesce(tenure.tenure_band, 'unknown') as tenure_band
    from windowed
    left join tenures as tenure
        on windowed.agent_id = tenure.agent_id and windowed.look_back = tenure.look_back
),

strata as (
    select
        {{ stratum | join(', ') }},
        tenure_band,
        look_back,
    {% for measure in measures if measure.case_mix -%}
    {{ whole_sum(measure.sum) }} / nullif({{ whole_sum(measure.n) }}, 0)
        as usual_{{ measure.sum }},
    {{ spread_of(measure.n, measure.sum, measure.get('square')) }} as spread_{{ measure.sum }}
    {{- ',' if not loop.last }}
    {% endfor %}
    from banded
    group by {{ stratum | join(', ') }}, tenure_band, look_back
),

current_sums as (
    select
        own.agent_id,
        own.{{ cell | join(', own.') }},
        own.tenure_band,
        own.look_back,
        {% for part in parts -%}
        {{ sum_of_part(part, 'own') }} as {{ part }},
        {% endfor -%}
    {% for measure in measures if measure.case_mix -%}
    {{ exact_sum('own.' ~ measure.n ~ ' * usual.usual_' ~ measure.sum) }}
        as expected_{{ measure.sum }},
    {{ exact_sum('own.' ~ measure.n ~ ' * usual.spread_' ~ measure.sum) }}
        as chance_{{ measure.sum }}
    {{- ',' if not loop.last }}
    {% endfor %}
    from banded as own
    inner join strata as usual
        on
            own.look_back = usual.look_back
            and own.tenure_band = usual.tenure_band
            and {{ same_keys('own', 'usual', stratum) }}
    group by own.agent_id, own.{{ cell | join(', own.') }}, own.tenure_band, own.look_back
)

select
    own.*,
{% for part in parts -%}
before.{{ part }} as before_{{ part }}{{ ',' if not loop.last }}
{% endfor %}
from current_sums as own
left join before_sums as before
    on
        own.agent_id = before.agent_id
        and own.look_back = before.look_back
        and {{ same_keys('own', 'before', cell) }}
