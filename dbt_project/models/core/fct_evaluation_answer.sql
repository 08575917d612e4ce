{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date', 'feeds': {'evaluation_answers': [0, 0], 'evaluations': [0, 0]}
    }}
) }}

with answers as (
    select
        *,
        {{ scoped_id('source_system', 'evaluation_id') }} as scoped_evaluation_id,
        -- A question that did not apply is 0 of 0 in both parts, and no wrong answer.
        case when not coalesce(is_not_applicable, false) then points end as points_earned,
        case when not coalesce(is_not_applicable, false) then points_possible end as points_open
    from {{ ref('feed_evaluation_answers') }}
    where {{ only_touched('event_date') }}
)

select
    answer.scoped_evaluation_id || '#' || answer.question_id as evaluation_answer_id,
    answer.scoped_evaluation_id as evaluation_id,
    answer.source_system,
    answer.question_id,
    answer.section,
    answer.answer,
    answer.event_date,
    coalesce(evaluation.client_id, 'unmapped') as client_id,
    evaluation.site_date,
    evaluation.agent_id,
    evaluation.form_id,
    evaluation.form_version,
    evaluation.evaluator_kind,
    evaluation.calibration_id,
    coalesce(evaluation.is_counted, false) as is_counted,
    coalesce(answer.is_not_applicable, false) as is_not_applicable,
    cast(coalesce(answer.points_earned, 0) as decimal(9, 3)) as points,
    cast(coalesce(answer.points_open, 0) as decimal(9, 3)) as points_possible,
    cast(coalesce(answer.weight, 1) as decimal(9, 4)) as weight,
    cast(coalesce(answer.points_earned * coalesce(answer.weight, 1), 0) as decimal(18, 6))
        as weighted_points,
    cast(coalesce(answer.points_open * coalesce(answer.weight, 1), 0) as decimal(18, 6))
        as weighted_points_possible,
    answer.critical_kind,
    coalesce(answer.is_critical_failed, false) as is_critical_failed,
    answer.file_id,
    answer.row_number
from answers as answer
left join {{ ref('int_evaluations') }} as evaluation
    on answer.scoped_evaluation_id = evaluation.evaluation_id
