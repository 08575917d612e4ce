{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date', 'feeds': {'evaluations': [0, 0], 'evaluation_answers': [0, 0]}
    }}
) }}

{%- set sections = ['empathy', 'problem_solving'] %}
{%- set kinds = ['customer', 'business', 'compliance'] %}
{%- set parts = ['points', 'points_possible', 'weighted_points', 'weighted_points_possible'] %}

with answered as (
    select
        evaluation_id,
        count(*) as answers_n,
        {% for part in parts -%}
        sum({{ part }}) as {{ part }},
        {% for section in sections -%}
        sum(case when section = '{{ section }}' then {{ part }} end) as {{ section }}_{{ part }},
        {% endfor -%}
        {% endfor -%}
        -- The other convention: each question's percent, weighted; 1 of 2 weighs as 50 of 100.
        {{ exact_sum('case when points_possible > 0 then weight * points / points_possible end') }}
            as weighted_shares,
        {{ exact_sum('case when points_possible > 0 then weight end') }} as weights_asked,
        {% for kind in kinds -%}
        {{ count_if("is_critical_failed and critical_kind = '" ~ kind ~ "'") }}
            as critical_{{ kind }}_errors_n,
        {% endfor -%}
        {{ count_if('is_critical_failed') }} as critical_errors_n
    from {{ ref('fct_evaluation_answer') }}
    where {{ only_touched('event_date') }}
    group by evaluation_id
)

select
    evaluation.evaluation_id,
    evaluation.source_system,
    evaluation.client_id,
    evaluation.site_id,
    evaluation.time_zone,
    evaluation.contact_id,
    evaluation.agent_id,
    evaluation.is_mapped,
    evaluation.evaluator_id,
    evaluation.evaluator_kind,
    evaluation.form_id,
    evaluation.form_version,
    evaluation.evaluated_at_utc,
    evaluation.event_date,
    evaluation.site_date,
    evaluation.status,
    evaluation.calibration_id,
    evaluation.is_counted,
    evaluation.score_pct,
    cast(coalesce(answered.answers_n, 0) as integer) as answers_n,
    {% for part in parts -%}
    cast(coalesce(answered.{{ part }}, 0) as decimal(18, 6)) as {{ part }},
    {% for section in sections -%}
    cast(coalesce(answered.{{ section }}_{{ part }}, 0) as decimal(18, 6))
        as {{ section }}_{{ part }},
    {% endfor -%}
    {% endfor -%}
    coalesce(cast(answered.weighted_shares as double), 0) as weighted_shares,
    coalesce(cast(answered.weights_asked as double), 0) as weights_asked,
    {% for kind in kinds -%}
    cast(coalesce(answered.critical_{{ kind }}_errors_n, 0) as integer)
        as critical_{{ kind }}_errors_n,
    {% endfor -%}
    cast(coalesce(answered.critical_errors_n, 0) as integer) as critical_errors_n,
    coalesce(answered.critical_errors_n, 0) > 0 as is_critical_failed,
    {% for part in ['points', 'weighted_points'] -%}
    cast(
        case
            when coalesce(answered.critical_errors_n, 0) = 0 then coalesce(answered.{{ part }}, 0)
            else 0
        end as decimal(18, 6)
    ) as {{ part }}_after_critical,
    {% endfor -%}
    evaluation.file_id,
    evaluation.row_number
from {{ ref('int_evaluations') }} as evaluation
left join answered on evaluation.evaluation_id = answered.evaluation_id
where {{ only_touched('evaluation.event_date') }}
