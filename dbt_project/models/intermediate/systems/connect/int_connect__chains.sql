{{ config(
    materialized='incremental',
    meta={
        'touched': {
            'column': 'contact_date',
            'feeds': {'contacts': [0, 0], 'contact_legs': [0, 0]},
            'also': 'dates_of_late_connect_records'
        },
        'touches': {'system': 'connect', 'contacts': 'contact_date', 'contact_legs': 'event_date'}
    }
) }}

with records as (
    select *
    from {{ ref('int_connect__records') }}
    where {{ only_touched('event_date', before=1, after=1) }} {{ or_further_parts('record_date') }}
),

-- What follows a record, whenever it came: AWS names its predecessor in each.
follows as (
    select
        later.previous_contact_id as contact_id,
        -- Who is asked beside the customer, or joins, leaves before the one who asked him does.
        coalesce(
            later.initiation_method = 'TRANSFER'
            and earlier.is_connected
            and earlier.transferred_at is null
            and (later.left_at < earlier.left_at or (later.is_connected and later.talk_s <= 2)),
            false
        ) as is_beside,
        later.contact_id as next_id,
        later.initiation_method as next_method,
        later.started_at as next_started_at,
        coalesce(later.queue_code, 'agent') as next_code
    from records as later
    left join records as earlier
        on later.previous_contact_id = earlier.contact_id
    where later.previous_contact_id is not null and not later.is_listening
),

followed as (
    select
        contact_id,
        max(case when next_method like 'CALLBACK%' then 1 else 0 end) = 1 as is_called_back,
        max(
            case when not is_beside and next_method not like 'CALLBACK%' then 1 else 0 end
        ) = 1 as is_moved_on,
        min_by(
            next_code,
            case
                when not is_beside and next_method in ('TRANSFER', 'QUEUE_TRANSFER')
                    then next_started_at
            end
        ) as next_code
    from follows
    group by contact_id
),

-- A callback opens a contact of its own, and what follows it belongs to it.
rooted as (
    select
        record.*,
        coalesce(
            {{ first_known('case when record.is_callback then record.contact_id end') }} over (
                partition by record.initial_contact_id
                order by record.started_at, record.contact_id
                rows between unbounded preceding and current row
            ),
            record.initial_contact_id
        ) as chain_id,
        coalesce(beside.is_beside, false) as is_beside,
        coalesce(followed.is_called_back, false) as is_called_back,
        coalesce(followed.is_moved_on, false) as is_moved_on,
        followed.contact_id is not null as is_followed,
        followed.next_code
    from records as record
    left join followed on record.contact_id = followed.contact_id
    left join follows as beside on record.contact_id = beside.next_id
),

-- NextContactId tells of a callback before its own record comes, which is when it ends.
told as (
    select
        *,
        case
            when waits = 'unmapped' then 'unmapped'
            when not is_enqueued then 'none'
            when is_beside then 'consultation'
            when waits in ('callback', 'none') or (waits = 'reached' and reached_at is null)
                then 'callback'
            else 'customer'
        end as queued_as,
        case
            when is_beside and talk_s > 2 then 'conference'
            when is_beside then 'consulted'
        end as joined_as,
        not is_callback
        and (
            is_called_back
            or (not is_followed and next_contact_id is not null and transferred_at is null)
        ) as is_callback_asked
    from rooted
),

chains as (
    select
        contact_id as record_id,
        initial_contact_id,
        chain_id,
        case when chain_id <> initial_contact_id then initial_contact_id end as parent_contact_id,
        cast(min(started_at) over (partition by chain_id) as date) as contact_date,
        min(case when contact_id = chain_id then 1 end) over (partition by chain_id) is null
            as is_headless,
        event_date as record_date,
        case when not is_listening then cast(row_number() over (
            partition by chain_id, is_listening order by started_at, contact_id
        ) as integer) end as record_number,
        client_id,
        site_id,
        time_zone,
        channel,
        initiation_method,
        direction,
        is_listening,
        is_callback,
        started_at,
        ended_at,
        ended_by,
        queue_code,
        coalesce(queued_at, started_at) as queued_at,
        case
            when is_enqueued
                then coalesce(wait_s, {{ seconds_between('queued_at', 'answered_at') }})
            when not is_dialled then {{ seconds_between('started_at', 'answered_at') }}
        end as wait_s,
        case
            when is_dialled and not is_enqueued
                then {{ seconds_between('started_at', 'reached_at') }}
        end as dialling_s,
        agent_code,
        answered_at,
        talk_s,
        hold_s,
        hold_count,
        acw_s,
        pause_s,
        connection_attempts_n,
        customer_id,
        dialled_number,
        case
            when not is_answered or is_beside then null
            when is_moved_on and next_code is not null then next_code
            when transferred_at is not null then 'external'
        end as transferred_to_queue,
        transferred_at is not null or is_moved_on as is_passed_on,
        queued_as,
        joined_as,
        is_connected,
        is_enqueued
        and not is_connected
        and ended_at is not null
        and next_contact_id is null
        and transferred_at is null as is_abandon_by_aws,
        case
            when waits = 'unmapped' then 'unmapped'
            when is_answered then 'answered'
            when is_callback_asked and not is_connected then 'callback_requested'
            -- A dial in vain is a leg when an agent worked on it, or when it was a callback.
            when not is_enqueued and not is_connected and not is_callback and worked_s = 0
                then 'unqueued'
            when queued_as <> 'customer' or ended_at is null or is_connected then 'flowed_out'
            when is_moved_on or transferred_at is not null then 'flowed_out'
            else 'abandoned'
        end as outcome,
        case when ended_at is null then 'end_not_in_extract' end as anomaly,
        cast(coalesce(queued_at, started_at) as date) as event_date,
        file_id,
        row_number
    from told
)

select *
from chains
where {{ only_touched('contact_date') }} {{ and_not_of_other_dates('record_id', 'record_date') }}
