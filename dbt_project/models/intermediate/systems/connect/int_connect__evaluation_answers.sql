select
    question.evaluation_id,
    question.question_id,
    section.section,
    null as answer,
    case when not question.is_not_applicable then question.score_pct end as points,
    case when not question.is_not_applicable and question.score_pct is not null then 100 end
        as points_possible,
    null as weight,
    question.is_not_applicable,
    case when question.is_automatic_fail then 'business' end as critical_kind,
    question.is_automatic_fail as is_critical_failed,
    question.evaluated_at,
    question.event_date,
    question.file_id,
    question.row_number
from {{ ref('stg_connect__evaluation_questions') }} as question
inner join {{ ref('stg_connect__evaluations') }} as evaluation
    on
        question.evaluation_id = evaluation.evaluation_id
        and question.evaluated_at = evaluation.evaluated_at
left join {{ ref('stg_connect__evaluation_sections') }} as section
    on
        question.evaluation_id = section.evaluation_id
        and question.section_id = section.section_id
-- Text is not scored and does not enter; neither does a question without a score.
where question.score_pct is not null or question.is_not_applicable or question.is_automatic_fail
