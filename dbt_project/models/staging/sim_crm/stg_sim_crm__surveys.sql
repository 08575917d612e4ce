-- One row per question answered; a survey sent is a question of its own, without a score.
with questions (kind, scale_min, scale_max) as (
    values
    ('invitation', null, null),
    ('csat', 1, 5),
    ('nps', 0, 10),
    ('ces', 1, 7),
    ('resolved', 0, 1)
)

select
    survey.survey_id || '.' || question.kind as survey_id,
    'sim' as contact_source_system,
    survey.contact_id,
    survey.case_id,
    survey._client_id as client_id,
    survey.agent_code,
    survey._time_zone as time_zone,
    survey.recorded_at as responded_at,
    question.kind,
    case question.kind
        when 'csat' then survey.csat
        when 'nps' then survey.nps
        when 'ces' then survey.ces
        when 'resolved' then cast(survey.resolved as integer)
    end as score,
    question.scale_min,
    question.scale_max,
    survey.scale_version,
    survey._event_date as event_date,
    survey._file_id as file_id,
    survey._row_number as row_number
from {{ source('raw_sim_crm', 'surveys') }} as survey
inner join questions as question
    on (survey.record = 'sent') = (question.kind = 'invitation')
where survey._is_current
