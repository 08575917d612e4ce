{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'conversation_date',
        'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]}
    }}
) }}

{%- set spans = {
    'talk': "('interact')", 'hold': "('hold')", 'acw': "('wrapup')", 'ivr': "('ivr')",
    'dialling': "('dialing', 'contacting')"
} %}
{%- set metrics = {
    'talk': "('tTalk')", 'hold': "('tHeld')", 'acw': "('tAcw')", 'ivr': "('tIvr')",
    'dialling': "('tDialing', 'tContacting')"
} %}

with segments as (
    select
        *,
        {{ seconds_between('started_at', 'ended_at') }} as duration_s,
        segment_type <> 'wrapup' as is_with_customer
    from {{ ref('stg_genesys__conversation_segments') }}
    where {{ only_touched('event_date') }}
),

sessions as (
    select
        event_date as conversation_date,
        conversation_id,
        session_id,
        min(conversation_started_at) as conversation_started_at,
        max(conversation_ended_at) as conversation_ended_at,
        min(conversation_direction) as conversation_direction,
        min(participant_id) as participant_id,
        min(site_id) as site_id,
        min(time_zone) as time_zone,
        min(purpose) as purpose,
        min(media_type) as media_type,
        min(direction) as direction,
        min(agent_code) as agent_code,
        coalesce(
            min_by(client_id, case when client_id <> 'unmapped' then started_at end), 'unmapped'
        ) as client_id,
        min_by(customer_id, case when client_id <> 'unmapped' then started_at end) as customer_id,
        min_by(queue_code, case when queue_code is not null then started_at end) as queue_code,
        min(started_at) as started_at,
        min(case when segment_type in ('interact', 'hold') then started_at end) as connected_at,
        max(case when is_with_customer then ended_at end) as ended_at,
        max(case when is_with_customer and ended_at is null then 1 else 0 end) = 1 as is_open,
        max(case when segment_type = 'alert' then 1 else 0 end) = 1 as is_alerted,
        max(case when is_conference then 1 else 0 end) = 1 as is_conference,
        max_by(disposition_code, case when disposition_code is not null then started_at end)
            as disposition_code,
        max_by(
            disconnect_type,
            case when is_with_customer and disconnect_type is not null then started_at end
        ) as disconnect_type,
        sum(case when segment_type = 'hold' then 1 else 0 end) as hold_count,
        {% for name, types in spans.items() -%}
        sum(case when segment_type in {{ types }} then duration_s end) as {{ name }}_s,
        {% endfor -%}
        min_by(file_id, started_at) as file_id,
        min_by(row_number, started_at) as row_number
    from segments
    group by event_date, conversation_id, session_id
),

measured as (
    select
        event_date as conversation_date,
        conversation_id,
        session_id,
        {% for name, names in metrics.items() -%}
        round(sum(case when metric in {{ names }} then duration_ms end) / 1000e0) as {{ name }}_s,
        {% endfor -%}
        max(case when metric = 'tFlowOut' then 1 else 0 end) = 1 as is_flowed_out,
        max(case when metric = 'tVoicemail' then 1 else 0 end) = 1 as is_voicemail,
        max(case when metric = 'tAbandon' then 1 else 0 end) = 1 as is_abandoned,
        max(case when metric = 'tShortAbandon' then 1 else 0 end) = 1 as is_short_abandon,
        max(case
            when metric in ('nTransferred', 'nBlindTransferred', 'nConsultTransferred') then count_n
        end) > 0 as is_transferred
    from {{ ref('stg_genesys__conversation_metrics') }}
    where {{ only_touched('event_date') }}
    group by event_date, conversation_id, session_id
),

-- A callback that a waiting caller asked for is a second contact from its first session on.
callbacks as (
    select
        conversation_id,
        min(case when media_type = 'callback' then started_at end) as callback_at,
        min(case when purpose = 'acd' and media_type <> 'callback' then started_at end) as queued_at
    from sessions
    group by conversation_id
)

select
    session.conversation_date,
    session.conversation_id,
    session.conversation_id
    || case
        when
            callback.queued_at < callback.callback_at
            and session.started_at >= callback.callback_at
            then '/callback'
        else ''
    end as contact_id,
    coalesce(
        callback.queued_at < callback.callback_at and session.started_at < callback.callback_at,
        false
    ) as is_before_callback,
    callback.callback_at is not null
    and (
        callback.queued_at is null
        or callback.queued_at >= callback.callback_at
        or session.started_at >= callback.callback_at
    ) as is_callback,
    session.session_id,
    session.participant_id,
    session.conversation_started_at,
    session.conversation_ended_at,
    session.conversation_direction,
    session.site_id,
    session.time_zone,
    session.client_id,
    session.purpose,
    session.media_type,
    session.direction,
    session.agent_code,
    session.customer_id,
    session.queue_code,
    session.started_at,
    session.connected_at,
    session.ended_at,
    session.is_open,
    session.is_alerted,
    session.is_conference,
    session.disposition_code,
    coalesce(session.disconnect_type like '%transfer', false)
    or coalesce(measured.is_transferred, false) as is_transferred,
    coalesce(measured.is_flowed_out, false) as is_flowed_out,
    coalesce(measured.is_voicemail, false) as is_voicemail,
    coalesce(measured.is_abandoned, false) as is_abandoned,
    coalesce(measured.is_short_abandon, false) as is_short_abandon,
    cast(session.hold_count as integer) as hold_count,
    {% for name in spans -%}
    cast(coalesce(measured.{{ name }}_s, session.{{ name }}_s) as integer) as {{ name }}_s,
    {% endfor -%}
    session.file_id,
    session.row_number
from sessions as session
inner join callbacks as callback on session.conversation_id = callback.conversation_id
left join measured
    on
        session.conversation_id = measured.conversation_id
        and session.session_id = measured.session_id
