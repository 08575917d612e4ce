{#- What customers and evaluators said of a contact, and where it was handled. -#}
{% set link = var('evaluation_link_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'follows': {'fct_survey': [0, 0], 'fct_evaluation': [0, 0]},
        'linked_to': {
            'models': ['fct_contact', 'fct_contact_leg'], 'key': 'contact_id', 'date': 'contact_date'
        },
        'only_changed': true
    }}
) }}

with said as (
    select
        'survey' as kind,
        survey_id as answer_id,
        contact_id,
        agent_id,
        event_date,
        site_date,
        client_id,
        line_of_business,
        channel,
        case when is_satisfied then 1 else 0 end as is_good,
        cast(null as double) as qa_score
    from {{ ref('fct_survey') }}
    where
        {{ only_touched('event_date') }}
        and kind = 'csat'
        and is_answered
        and is_first_of_contact
        and is_satisfied is not null
        and agent_id is not null

    union all

    select
        'evaluation' as kind,
        evaluation_id as answer_id,
        contact_id,
        agent_id,
        event_date,
        site_date,
        client_id,
        cast(null as {{ dbt.type_string() }}) as line_of_business,
        cast(null as {{ dbt.type_string() }}) as channel,
        case when is_critical_failed then 0 else 1 end as is_good,
        cast(weighted_points_after_critical as double) / nullif(weighted_points_possible, 0)
            as qa_score
    from {{ ref('fct_evaluation') }}
    where
        {{ only_touched('event_date') }}
        and is_counted
),

contacts as (
    select
        contact_id,
        event_date,
        line_of_business,
        channel
    from {{ ref('fct_contact') }}
    where
        {{ only_touched('event_date', before=link) }}
        and contact_id in (select asked.contact_id from said as asked)
),

places as (
    select
        contact_id,
        agent_id,
        max(event_date) as event_date,
        max_by(language, leg_number) as language,
        max_by(site_id, leg_number) as site_id,
        max_by(queue_id, leg_number) as queue_id,
        max_by(day_part, leg_number) as day_part
    from (
        select
            *,
            cast(floor(half_hour_of_day / 8) as integer) as day_part
        from {{ ref('fct_contact_leg') }}
        where
            agent_id is not null
            and is_answered
            and {{ only_touched('event_date', before=link, after=1) }}
    ) as known
    where contact_id in (select asked.contact_id from said as asked)
    group by contact_id, agent_id
)

select
    said.kind,
    said.answer_id,
    said.contact_id,
    said.agent_id,
    coalesce(contact.event_date, place.event_date) as contact_date,
    said.event_date,
    said.site_date,
    said.client_id,
    case when said.kind = 'survey' then said.line_of_business else contact.line_of_business end
        as line_of_business,
    case when said.kind = 'survey' then said.channel else contact.channel end as channel,
    place.language,
    place.site_id,
    place.queue_id,
    place.day_part,
    said.is_good,
    said.qa_score
from said
left join contacts as contact
    on
        said.contact_id = contact.contact_id
        and said.event_date between contact.event_date
        and {{ add_days('contact.event_date', link) }}
left join places as place
    on
        said.contact_id = place.contact_id
        and said.agent_id = place.agent_id
        and said.event_date between {{ add_days('place.event_date', -1) }}
        and {{ add_days('place.event_date', link) }}
