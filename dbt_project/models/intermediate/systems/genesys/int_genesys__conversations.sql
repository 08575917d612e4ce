{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'conversation_date',
        'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]}
    }}
) }}

{#- Every purpose that the documents name; one more is flagged until it stands here. -#}
{%- set purposes = (
    'customer', 'external', 'ivr', 'acd', 'agent', 'user', 'voicemail', 'dialer', 'outbound',
    'campaign', 'manual', 'fax', 'station', 'group', 'workflow', 'botflow', 'inbound', 'api'
) %}

with grouped as (
    select
        contact_id,
        min(conversation_date) as conversation_date,
        min(conversation_id) as conversation_id,
        min(site_id) as site_id,
        min(time_zone) as time_zone,
        max(case when is_callback then 1 else 0 end) = 1 as is_callback,
        min_by(
            media_type,
            case when purpose in ('customer', 'external', 'acd', 'agent') then started_at end
        ) as media_type,
        min(conversation_direction) as conversation_direction,
        min_by(direction, case when direction is not null then started_at end) as direction,
        coalesce(
            min_by(client_id, case when client_id <> 'unmapped' then started_at end), 'unmapped'
        ) as client_id,
        min_by(customer_id, case when client_id <> 'unmapped' then started_at end) as customer_id,
        max_by(disposition_code, case when disposition_code is not null then started_at end)
            as disposition_code,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        max(case when is_open then 1 else 0 end) = 1 as is_open,
        sum(ivr_s) as ivr_s,
        max(case when is_transferred and purpose = 'ivr' then 1 else 0 end) = 1 as is_moved_on,
        max(case when purpose in {{ purposes }} then 0 else 1 end) = 1 as is_with_unknown,
        min_by(file_id, started_at) as file_id,
        min_by(row_number, started_at) as row_number
    from {{ ref('int_genesys__sessions') }}
    where {{ only_touched('conversation_date') }}
    group by contact_id
    -- Calls among colleagues have neither a customer nor a queue and are no contacts.
    having max(case when purpose in ('customer', 'external', 'acd', 'agent') then 1 else 0 end) = 1
),

legs as (
    select
        contact_id,
        max(case when outcome = 'answered' and joined_as is null then 1 else 0 end) = 1
            as is_answered,
        max_by(outcome, case when joined_as is null then leg_number end) as last_outcome
    from {{ ref('int_genesys__legs') }}
    where {{ only_touched('contact_date') }}
    group by contact_id
)

select
    contact.contact_id,
    contact.conversation_date,
    contact.client_id,
    contact.site_id,
    contact.time_zone,
    case when contact.is_callback then 'callback' else contact.media_type end as channel,
    case
        when contact.is_callback then 'outbound'
        else coalesce(contact.conversation_direction, contact.direction, 'unmapped')
    end as direction,
    contact.disposition_code,
    contact.customer_id,
    case when contact.contact_id <> contact.conversation_id then contact.conversation_id end
        as parent_contact_id,
    contact.started_at,
    case when not contact.is_open then contact.ended_at end as ended_at,
    cast(contact.ivr_s as integer) as ivr_s,
    case
        when
            not contact.is_callback
            and coalesce(contact.conversation_direction, contact.direction) is null
            then 'unmapped'
        when legs.is_answered then 'answered'
        when legs.last_outcome = 'abandoned' then 'abandoned_in_queue'
        when legs.last_outcome is not null then legs.last_outcome
        when contact.is_open or contact.is_moved_on or contact.direction = 'outbound'
            then 'flowed_out'
        else 'abandoned_in_ivr'
    end as outcome,
    case
        when contact.is_open then 'end_not_in_extract'
        when contact.is_with_unknown then 'unknown_purpose'
    end as anomaly,
    cast(contact.started_at as date) as event_date,
    contact.file_id,
    contact.row_number
from grouped as contact
left join legs on contact.contact_id = legs.contact_id
