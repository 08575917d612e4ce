-- A ticket opened by a note waits for nobody until the first public comment.
with private_tickets as (
    select
        site_id || '/' || ticket_id as case_id,
        min(case when is_public then occurred_at end) as public_at
    from {{ ref('int_zendesk__comments') }}
    group by site_id, ticket_id
    having max(case when is_opening and not is_public then 1 else 0 end) = 1
),

events as (
    select
        event.case_id,
        max(private.public_at) as reply_clock_at,
        min(
            case
                when private.case_id is null or event.occurred_at > private.public_at
                    then case when event.kind = 'public_reply' then event.occurred_at end
            end
        ) as first_replied_at,
        max(case when event.kind = 'resolved' then event.occurred_at end) as resolved_at,
        max(case when event.kind in ('closed', 'merged') then event.occurred_at end) as closed_at
    from {{ ref('int_zendesk__case_events') }} as event
    left join private_tickets as private on event.case_id = private.case_id
    group by event.case_id
),

-- The target of the first reply runs from the opening; opened in private, from the customer's first
-- message; not at all where an agent opened the ticket in public.
clocks as (
    select
        said.site_id || '/' || said.ticket_id as case_id,
        max(
            case
                when said.is_opening and said.is_public and author.role = 'agent' then 1
                else 0
            end
        ) as is_written_to,
        max(case when said.is_opening and not said.is_public then 1 else 0 end) as is_private,
        min(
            case
                when said.is_public and not said.is_opening and author.role is null
                    then said.occurred_at
            end
        ) as asked_at
    from {{ ref('int_zendesk__comments') }} as said
    left join {{ ref('int_zendesk__staff') }} as author
        on {{ was_staff('author', 'said') }}
    group by said.site_id, said.ticket_id
),

targets as (
    select
        ticket.site_id,
        ticket.ticket_id,
        clock.case_id is not null as are_messages_known,
        case
            when clock.is_written_to = 1 then null
            when clock.is_private = 1 then clock.asked_at
            else ticket.opened_at
        end as target_from_at
    from {{ ref('int_zendesk__tickets') }} as ticket
    left join clocks as clock on clock.case_id = ticket.site_id || '/' || ticket.ticket_id
),

-- A public reply meets it, and so does solving.
met as (
    select
        target.site_id,
        target.ticket_id,
        target.are_messages_known,
        target.target_from_at,
        min(event.occurred_at) as target_met_at
    from targets as target
    left join {{ ref('int_zendesk__case_events') }} as event
        on
            target.site_id || '/' || target.ticket_id = event.case_id
            and event.kind in ('public_reply', 'resolved')
            and target.target_from_at <= event.occurred_at
    group by
        target.site_id, target.ticket_id, target.are_messages_known, target.target_from_at
)

select
    ticket.site_id,
    ticket.ticket_id,
    ticket.opened_at,
    met.are_messages_known,
    met.target_from_at,
    met.target_met_at,
    event.reply_clock_at,
    event.first_replied_at,
    case
        when ticket.status in ('resolved', 'closed')
            then coalesce(
                event.resolved_at,
                case when ticket.merged_into_ticket_id is null then event.closed_at end
            )
    end as resolved_at,
    case when ticket.status = 'closed' then event.closed_at end as closed_at
from {{ ref('int_zendesk__tickets') }} as ticket
left join events as event on event.case_id = ticket.site_id || '/' || ticket.ticket_id
left join met
    on
        ticket.site_id = met.site_id
        and ticket.ticket_id = met.ticket_id
