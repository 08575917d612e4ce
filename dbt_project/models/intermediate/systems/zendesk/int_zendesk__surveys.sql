-- A rating that was offered is an invitation; good or bad is its answer, on a scale of two. The
-- ticket's brand says whose it is. A score that is not known is an answer of an unknown kind.
with ratings as (
    select
        *,
        regexp_replace(score, '_with(out)?_comment$', '') as said
    from {{ ref('stg_zendesk__satisfaction_ratings') }}
),

questions as (
    select
        rating.*,
        'invitation' as kind,
        rating.created_at as responded_at,
        cast(null as integer) as score_given
    from ratings as rating
    where rating.said in ('offered', 'good', 'bad')
    union all
    select
        rating.*,
        case when rating.said in ('good', 'bad') then 'csat' else rating.said end as kind,
        rating.updated_at as responded_at,
        case rating.said when 'good' then 1 when 'bad' then 0 end as score_given
    from ratings as rating
    where rating.said not in ('offered', 'unoffered')
)

select
    question.rating_id || '.' || question.kind as survey_id,
    null as contact_source_system,
    null as contact_id,
    question.site_id || '/' || question.ticket_id as case_id,
    coalesce(ticket.client_id, 'unmapped') as client_id,
    question.agent_code,
    coalesce(ticket.time_zone, 'UTC') as time_zone,
    question.responded_at,
    question.kind,
    question.score_given as score,
    case when question.score_given is not null then 0 end as scale_min,
    case when question.score_given is not null then 1 end as scale_max,
    null as scale_version,
    cast(question.responded_at as date) as event_date,
    question.file_id,
    question.row_number
from questions as question
left join {{ ref('int_zendesk__tickets') }} as ticket
    on
        question.site_id = ticket.site_id
        and question.ticket_id = ticket.ticket_id
