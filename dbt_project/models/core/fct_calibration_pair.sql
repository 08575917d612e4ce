with answers as (
    select *
    from {{ ref('fct_evaluation_answer') }}
    where calibration_id is not null
)

select
    one.calibration_id || '#' || one.question_id || '#' || one.evaluation_id || '#'
    || other.evaluation_id as calibration_pair_id,
    one.calibration_id,
    one.client_id,
    one.form_id,
    one.form_version,
    one.question_id,
    one.section,
    one.evaluation_id as one_evaluation_id,
    other.evaluation_id as other_evaluation_id,
    one.evaluator_kind as one_evaluator_kind,
    other.evaluator_kind as other_evaluator_kind,
    least(one.site_date, other.site_date) as site_date,
    {{ answer_level('one') }} as one_level,
    {{ answer_level('other') }} as other_level,
    one.points as one_points,
    other.points as other_points,
    greatest(one.points_possible, other.points_possible) as points_possible,
    {{ answer_level('one') }} = {{ answer_level('other') }} as is_agreed,
    one.is_critical_failed = other.is_critical_failed as is_critical_agreed
from answers as one
inner join answers as other
    on
        one.calibration_id = other.calibration_id
        and one.question_id = other.question_id
        and one.evaluation_id < other.evaluation_id
