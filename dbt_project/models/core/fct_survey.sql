{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'event_date', 'feeds': {'surveys': [0, 0]}}}
) }}

with localised as (
    select
        *,
        cast({{ to_local('responded_at', 'time_zone') }} as date) as site_date
    from {{ ref('feed_surveys') }}
    where {{ only_touched('event_date') }}
)

select
    {{ scoped_id('survey.source_system', 'survey.survey_id') }} as survey_id,
    survey.source_system,
    coalesce(survey.contact_source_system, survey.source_system) || ':' || survey.contact_id
        as contact_id,
    survey.source_system || ':' || survey.case_id as case_id,
    coalesce(survey.client_id, 'unmapped') as client_id,
    coalesce(agent.agent_id, survey.source_system || ':' || survey.agent_code) as agent_id,
    coalesce(survey.time_zone, 'UTC') as time_zone,
    survey.responded_at as responded_at_utc,
    survey.event_date,
    survey.site_date,
    survey.kind,
    survey.score,
    survey.scale_min,
    survey.scale_max,
    survey.scale_version,
    survey.file_id,
    survey.row_number
from localised as survey
left join {{ ref('stg_company__agents') }} as agent
    on
        survey.source_system = agent.source_system
        and survey.agent_code = agent.agent_code
        and {{ valid_on('agent', 'survey.site_date') }}
