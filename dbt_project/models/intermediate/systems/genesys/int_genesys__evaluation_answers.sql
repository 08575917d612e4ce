-- Genesys says of groups of questions, not of each, what could be earned: a group is an answer.
select
    question.evaluation_id,
    question.group_id as question_id,
    question.group_id as section,
    null as answer,
    case when not question.is_group_not_applicable then max(question.group_score) end as points,
    case when not question.is_group_not_applicable then max(question.group_max_score) end
        as points_possible,
    null as weight,
    question.is_group_not_applicable as is_not_applicable,
    case when max(case when question.is_kill_failed then 1 else 0 end) = 1 then 'business' end
        as critical_kind,
    max(case when question.is_kill_failed then 1 else 0 end) = 1 as is_critical_failed,
    question.evaluated_at,
    question.event_date,
    min(question.file_id) as file_id,
    min(question.row_number) as row_number
from {{ ref('stg_genesys__evaluation_questions') }} as question
inner join {{ ref('stg_genesys__evaluations') }} as evaluation
    on
        question.evaluation_id = evaluation.evaluation_id
        and question.evaluated_at = evaluation.evaluated_at
group by
    question.evaluation_id,
    question.group_id,
    question.is_group_not_applicable,
    question.evaluated_at,
    question.event_date
