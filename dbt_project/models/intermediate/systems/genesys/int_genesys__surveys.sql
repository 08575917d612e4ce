-- A survey that reached the customer is an invitation; a finished one with a promoter score is its
-- answer. The form's total is of a scale that the form alone knows, so it stays in raw. A status
-- that is not known is a question of an unknown kind.
with questions as (
    select
        survey.*,
        case
            when survey.status in ('sent', 'inprogress', 'finished', 'expired') then 'invitation'
            else survey.status
        end as kind,
        coalesce(survey.sent_at, survey.completed_at) as responded_at,
        cast(null as integer) as score
    from {{ ref('stg_genesys__conversation_surveys') }} as survey
    where survey.status not in ('pending', 'optout', 'error')
    union all
    select
        survey.*,
        'nps' as kind,
        survey.completed_at as responded_at,
        survey.promoter_score as score
    from {{ ref('stg_genesys__conversation_surveys') }} as survey
    where
        survey.status = 'finished'
        and survey.promoter_score is not null
        and survey.completed_at is not null
)

select
    survey_id || '.' || kind as survey_id,
    null as contact_source_system,
    conversation_id as contact_id,
    null as case_id,
    client_id,
    agent_code,
    time_zone,
    responded_at,
    kind,
    score,
    case when kind = 'nps' then 0 end as scale_min,
    case when kind = 'nps' then 10 end as scale_max,
    form_version as scale_version,
    cast(responded_at as date) as event_date,
    file_id,
    row_number
from questions
