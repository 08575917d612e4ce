-- Scored again with another form, an evaluation may lose questions: those of the last scoring hold.
select
    answer.evaluation_id,
    answer.question_id,
    answer.section,
    answer.answer,
    answer.points,
    answer.points_possible,
    answer.weight,
    answer.is_not_applicable,
    answer.critical_kind,
    answer.is_critical_failed,
    answer.evaluated_at,
    answer.event_date,
    answer.file_id,
    answer.row_number
from {{ ref('stg_qa__answers') }} as answer
inner join {{ ref('stg_qa__evaluations') }} as header
    on
        answer.evaluation_id = header.evaluation_id
        and answer.evaluated_at = header.evaluated_at
