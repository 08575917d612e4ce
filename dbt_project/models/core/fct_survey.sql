{% set link = var('contact_link_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'surveys': [0, link], 'contacts': [0, link], 'contact_legs': [-1, link]},
        'only_changed': true
    }}
) }}

with localised as (
    select
        *,
        cast({{ to_local('responded_at', 'time_zone') }} as date) as site_date,
        coalesce(contact_source_system, source_system) || ':' || contact_id as scoped_contact_id
    from {{ ref('feed_surveys') }}
    where {{ only_touched('event_date', before=link) }}
),

contacts as (
    select
        contact_id,
        event_date,
        client_id,
        site_id,
        line_of_business,
        channel,
        reason,
        site_date,
        ended_at_utc
    from {{ ref('fct_contact') }}
    where {{ only_touched('event_date', before=link) }}
),

-- Who answered last is who the customer remembers; used when the source names nobody.
answered as (
    select
        contact_id,
        max_by(agent_id, leg_number) as agent_id
    from {{ ref('fct_contact_leg') }}
    where
        is_answered
        and {{ only_touched('event_date', before=link, after=1) }}
    group by contact_id
),

linked as (
    select
        survey.*,
        contact.contact_id as linked_contact_id,
        contact.client_id as contact_client_id,
        contact.site_id,
        contact.line_of_business,
        contact.channel,
        contact.reason,
        contact.site_date as contact_site_date,
        contact.ended_at_utc,
        row_number() over (
            partition by contact.contact_id, survey.kind
            order by survey.responded_at, survey.source_system, survey.survey_id
        ) as place
    from localised as survey
    left join contacts as contact
        on
            survey.scoped_contact_id = contact.contact_id
            and survey.event_date between contact.event_date
            and {{ add_days('contact.event_date', link) }}
)

select
    {{ scoped_id('survey.source_system', 'survey.survey_id') }} as survey_id,
    survey.source_system,
    survey.scoped_contact_id as contact_id,
    survey.source_system || ':' || survey.case_id as case_id,
    coalesce(nullif(survey.client_id, 'unmapped'), survey.contact_client_id, 'unmapped')
        as client_id,
    coalesce(survey.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(survey.line_of_business, 'unmapped') as line_of_business,
    survey.channel,
    survey.reason,
    coalesce(
        agent.agent_id, survey.source_system || ':' || survey.agent_code, answered.agent_id
    ) as agent_id,
    coalesce(survey.time_zone, 'UTC') as time_zone,
    survey.responded_at as responded_at_utc,
    survey.event_date,
    survey.site_date,
    survey.contact_site_date,
    survey.kind,
    survey.score,
    survey.scale_min,
    survey.scale_max,
    survey.scale_version,
    survey.kind <> 'invitation' and survey.score is not null as is_answered,
    survey.linked_contact_id is null or survey.place = 1 as is_first_of_contact,
    case
        when survey.kind = 'csat' and survey.scale_min = 1 and survey.scale_max = 5
            then survey.score >= 4
        when survey.kind = 'csat' and survey.scale_max - survey.scale_min = 1
            then survey.score = survey.scale_max
    end as is_satisfied,
    case when survey.kind = 'nps' and survey.scale_max = 10 then survey.score >= 9 end
        as is_promoter,
    case when survey.kind = 'nps' and survey.scale_max = 10 then survey.score <= 6 end
        as is_detractor,
    case when survey.kind = 'ces' and survey.scale_max = 7 then survey.score >= 5 end as is_easy,
    case when survey.kind = 'resolved' then survey.score = survey.scale_max end
        as is_resolved_at_first_contact,
    cast(
        case
            when survey.responded_at >= survey.ended_at_utc
                then {{ seconds_between('survey.ended_at_utc', 'survey.responded_at') }}
        end as bigint
    ) as responded_after_s,
    survey.file_id,
    survey.row_number
from linked as survey
left join answered on survey.linked_contact_id = answered.contact_id
left join {{ ref('stg_company__agents') }} as agent
    on
        survey.source_system = agent.source_system
        and survey.agent_code = agent.agent_code
        and {{ valid_on('agent', 'survey.site_date') }}
where {{ only_touched('survey.event_date') }}
