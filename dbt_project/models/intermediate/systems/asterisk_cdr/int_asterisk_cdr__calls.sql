{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'contact_date', 'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]}
    }}
) }}

{#- The last application of a record: who, or what, the caller was with. -#}
{%- set people = "('dial', 'retrydial', 'followme', 'pickup', 'pickupchan', 'bridge', 'page')" %}
{%- set voicemail = "('voicemail', 'minivmrecord')" %}
{%- set dispositions = "('ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION')" %}
{%- set nobody = "(
    'answer', 'background', 'backgrounddetect', 'busy', 'congestion', 'directory', 'disa', 'echo',
    'goto', 'gotoif', 'hangup', 'ivrdemo', 'macro', 'milliwatt', 'musiconhold', 'noop', 'playback',
    'playtones', 'progress', 'read', 'record', 'return', 'ringing', 'sayalpha', 'saydigits',
    'saynumber', 'sayunixtime', 'set', 'stasis', 'voicemailmain', 'wait', 'waitexten',
    'waitmusiconhold', 'zapateller'
)" %}

with records as (
    select
        *,
        site_id || '/' || linked_id as contact_id,
        max(case when last_app = 'queue' then 1 else 0 end) over (
            partition by site_id, linked_id
        ) as has_queue,
        cast(min(started_at) over (partition by site_id, linked_id) as date) as contact_date,
        disposition = 'ANSWERED' and last_app in {{ people }} as is_connected,
        case
            when disposition not in {{ dispositions }} then 'unmapped'
            when disposition <> 'ANSWERED' or last_app is null then 'nobody'
            when
                last_app in {{ people }} and direction <> 'outbound' and agent_code = caller_code
                then 'outside'
            when last_app in {{ people }} then 'person'
            when last_app in {{ voicemail }} then 'voicemail'
            when last_app in {{ nobody }} then 'nobody'
            else 'unmapped'
        end as answered_by
    from {{ ref('stg_asterisk_cdr__cdr') }}
    where {{ only_touched('event_date', before=1, after=1) }}
),

-- The first record tells who called whom; what follows is a part of the same call.
calls as (
    select
        *,
        first_value(direction) over along as call_direction,
        first_value(extension) over along as first_extension,
        -- Of a channel that Asterisk made for itself only the phone that it reached counts, and
        -- only where the caller's own record reached none: a group, or a phone that is followed.
        max(case when is_connected and not is_local and agent_code is not null then 1 else 0 end)
            over (partition by contact_id) as reached_n
    from records
    where has_queue = 0
    window along as (partition by contact_id order by is_local, started_at, sequence_n)
),

told as (
    select
        *,
        case when direction = 'outbound' and not is_local then caller_code else agent_code end
            as person_code
    from calls
    where
        (
            call_direction <> 'outbound'
            or (
                first_extension is null
                -- A service of the house, not a customer.
                and not (disposition = 'ANSWERED' and answered_by in ('nobody', 'voicemail'))
            )
        )
        and (
            not is_local
            or (
                call_direction <> 'outbound'
                and reached_n = 0
                and is_connected
                and agent_code is not null
            )
        )
),

-- Nobody is at the other end of a phone that the record does not name.
answered as (
    select
        *,
        answered_by = 'person' and person_code is not null as is_answered
    from told
)

select
    contact_id,
    contact_date,
    cast(row_number() over (partition by contact_id order by started_at, sequence_n) as integer)
        as record_number,
    client_id,
    site_id,
    time_zone,
    call_direction as direction,
    case when is_answered or call_direction = 'outbound' then person_code end as agent_code,
    case when answered_by = 'person' and not is_answered then 'nobody' else answered_by end
        as answered_by,
    started_at,
    case when is_answered then answered_at end as answered_at,
    ended_at,
    case when is_answered then talk_s end as talk_s,
    customer_id,
    file_id,
    row_number
from answered
where {{ only_touched('contact_date') }}
