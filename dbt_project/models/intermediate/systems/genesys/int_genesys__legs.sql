{{ config(
    materialized='incremental',
    meta={
        'touched': {
            'column': 'contact_date',
            'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]}
        },
        'touches': {
            'system': 'genesys', 'contacts': 'contact_date', 'contact_legs': 'event_date'
        }
    }
) }}

with sessions as (
    select
        *,
        sum(case when purpose = 'acd' then 1 else 0 end) over (
            partition by contact_id
            order by started_at, case when purpose = 'acd' then 0 else 1 end, session_id
            rows between unbounded preceding and current row
        ) as visit_number,
        -- Users without a queue count where a customer speaks to nobody but them.
        max(case when purpose in ('acd', 'agent') then 1 else 0 end) over whole = 1
            as has_queue_or_agent,
        max(case when purpose in ('customer', 'external') then 1 else 0 end) over whole = 1
            as has_customer,
        max(case when purpose = 'voicemail' then started_at end) over whole as voicemail_at,
        -- Who consults a colleague does so in a session beside the one with the customer on hold.
        direction = 'outbound'
        and max(
            case when direction = 'inbound' and media_type <> 'callback' then 1 else 0 end
        ) over (partition by contact_id, participant_id) = 1 as is_consulting
    from {{ ref('int_genesys__sessions') }}
    where {{ only_touched('conversation_date') }}
    window whole as (partition by contact_id)
),

-- What one agent did for one visit: rings, the connection, and the calls of a callback.
attempts as (
    select
        contact_id,
        visit_number,
        participant_id,
        min(agent_code) as agent_code,
        min(queue_code) as queue_code,
        min(client_id) as client_id,
        max(customer_id) as customer_id,
        min(started_at) as started_at,
        min(case
            when not is_callback or media_type <> 'callback' then connected_at
        end) as connected_at,
        max(ended_at) as ended_at,
        max(case when is_open then 1 else 0 end) = 1 as is_open,
        max(case when is_conference then 1 else 0 end) = 1 as is_conference,
        max(case when is_transferred then 1 else 0 end) = 1 as is_transferred,
        sum(case when is_alerted and connected_at is null then 1 else 0 end) as ring_n,
        cast(sum(case when not is_callback or media_type <> 'callback' then talk_s end) as integer)
            as talk_s,
        cast(sum(case when not is_callback or media_type <> 'callback' then hold_s end) as integer)
            as hold_s,
        sum(hold_count) as hold_count,
        cast(sum(acw_s) as integer) as acw_s,
        cast(sum(dialling_s) as integer) as dialling_s,
        min_by(session_id, started_at) as session_id,
        max(case when connected_at is not null then 1 else 0 end) = 1 as is_accepted
    from sessions
    where
        (purpose = 'agent' or (purpose = 'user' and has_customer and not has_queue_or_agent))
        and (is_alerted or connected_at is not null or dialling_s is not null)
        and not coalesce(is_consulting, false)
    group by contact_id, visit_number, participant_id
),

ranked as (
    select
        attempt.*,
        row_number() over (
            partition by attempt.contact_id, attempt.visit_number
            order by
                case when attempt.is_accepted then 0 else 1 end,
                attempt.connected_at,
                attempt.started_at,
                attempt.session_id
        ) as place,
        sum(attempt.ring_n) over (
            partition by attempt.contact_id, attempt.visit_number
        ) as visit_ring_n,
        max(attempt.ended_at) over (
            partition by attempt.contact_id, attempt.visit_number
        ) as visit_ended_at
    from attempts as attempt
),

-- A leg is a visit with the agent who took it, or a further agent without a visit.
legs as (
    select
        visit.contact_id,
        visit.session_id,
        visit.visit_number,
        coalesce(visit.queue_code, taken.queue_code) as queue_code,
        case when visit.client_id = 'unmapped' then taken.client_id else visit.client_id end
            as client_id,
        taken.agent_code,
        visit.started_at as queued_at,
        taken.connected_at,
        coalesce(taken.is_accepted, false) as is_accepted,
        taken.ended_at as agent_left_at,
        coalesce(taken.is_conference, false) as is_conference,
        greatest(visit.ended_at, taken.visit_ended_at) as left_at,
        visit.is_open or coalesce(taken.is_open, false) as is_open,
        coalesce(taken.is_transferred, false) and taken.is_accepted as is_transfer_out,
        visit.is_transferred or visit.is_flowed_out as is_moved_on,
        visit.is_flowed_out,
        visit.is_abandoned,
        visit.is_short_abandon,
        visit.is_voicemail or coalesce(visit.voicemail_at >= visit.started_at, false)
            as is_voicemail,
        taken.talk_s,
        taken.hold_s,
        taken.hold_count,
        taken.acw_s,
        taken.dialling_s,
        coalesce(taken.visit_ring_n, 0) as ring_n
    from sessions as visit
    left join ranked as taken
        on
            visit.contact_id = taken.contact_id
            and visit.visit_number = taken.visit_number
            and taken.place = 1
    where visit.purpose = 'acd'

    union all

    select
        contact_id,
        session_id,
        visit_number,
        null as queue_code,
        client_id,
        agent_code,
        started_at as queued_at,
        connected_at,
        is_accepted,
        ended_at as agent_left_at,
        is_conference,
        ended_at as left_at,
        is_open,
        is_transferred and is_accepted as is_transfer_out,
        not is_accepted as is_moved_on,
        false as is_flowed_out,
        false as is_abandoned,
        false as is_short_abandon,
        false as is_voicemail,
        talk_s,
        hold_s,
        hold_count,
        acw_s,
        dialling_s,
        case when visit_number = 0 then ring_n else 0 end as ring_n
    from ranked
    where visit_number = 0 or (place > 1 and is_accepted)
),

-- Who was asked, or joined, while an earlier agent stayed until after him has taken nothing over.
placed as (
    select
        *,
        coalesce(
            is_accepted
            and agent_left_at < max(case when is_accepted then agent_left_at end) over (
                partition by contact_id
                order by connected_at, session_id
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_beside
    from legs
),

numbered as (
    select
        leg.*,
        row_number() over along as leg_number,
        min(case when not leg.is_beside then coalesce(leg.queue_code, 'agent') end) over (
            partition by leg.contact_id
            order by leg.queued_at, leg.session_id
            rows between 1 following and 1 following
        ) as next_code
    from placed as leg
    window along as (partition by leg.contact_id order by leg.queued_at, leg.session_id)
)

select
    leg.contact_id,
    cast(leg.leg_number as integer) as leg_number,
    session.conversation_date as contact_date,
    coalesce(leg.client_id, 'unmapped') as client_id,
    session.site_id,
    session.time_zone,
    leg.queue_code,
    leg.agent_code,
    leg.queued_at,
    leg.connected_at as answered_at,
    cast(case
        when leg.dialling_s is not null and session.purpose <> 'acd' then null
        when leg.connected_at is not null
            then {{ seconds_between('leg.queued_at', 'leg.connected_at') }}
        else {{ seconds_between('leg.queued_at', 'leg.left_at') }}
    end as integer) as wait_s,
    case when leg.connected_at is not null and not leg.is_open then leg.talk_s end as talk_s,
    case when leg.connected_at is not null then leg.hold_s end as hold_s,
    cast(case when leg.connected_at is not null then leg.hold_count end as integer) as hold_count,
    leg.acw_s,
    leg.dialling_s,
    case
        when leg.connected_at is not null then 'answered'
        when leg.is_voicemail then 'voicemail'
        when session.is_before_callback and leg.next_code is null then 'callback_requested'
        when leg.is_abandoned then 'abandoned'
        when session.is_callback or leg.is_open or leg.is_flowed_out then 'flowed_out'
        when leg.is_moved_on and (leg.next_code is not null or leg.queue_code is null)
            then 'flowed_out'
        else 'abandoned'
    end as outcome,
    case when leg.is_transfer_out then coalesce(leg.next_code, 'external') end
        as transferred_to_queue,
    case
        when session.purpose <> 'acd' then 'none'
        when leg.is_beside then 'consultation'
        when session.is_callback then 'callback'
        else 'customer'
    end as queued_as,
    case
        when leg.is_beside and leg.is_conference then 'conference'
        when leg.is_beside then 'consulted'
    end as joined_as,
    case when leg.is_short_abandon then true end as is_source_short_abandon,
    cast(leg.ring_n as integer) as ring_no_answer_count,
    case
        when leg.is_open then 'end_not_in_extract'
        when leg.connected_at is null and leg.is_accepted then 'callback_without_call'
    end as anomaly,
    cast(leg.queued_at as date) as event_date,
    session.file_id,
    session.row_number
from numbered as leg
inner join sessions as session
    on leg.contact_id = session.contact_id and leg.session_id = session.session_id
