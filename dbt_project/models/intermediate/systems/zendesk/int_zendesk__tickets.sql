-- A ticket names those that it swallowed; each of them is told by whom.
with swallowed as (
    select
        ticket.site_id,
        other.ticket_id,
        min(ticket.ticket_id) as merged_into_ticket_id
    from {{ ref('stg_zendesk__tickets') }} as ticket
    inner join {{ ref('stg_zendesk__tickets') }} as other
        on
            ticket.site_id = other.site_id
            and ',' || translate(ticket.merged_ticket_ids, '[] "', '') || ','
            like '%,' || other.ticket_id || ',%'
    where ticket.merged_ticket_ids is not null
    group by ticket.site_id, other.ticket_id
)

select
    ticket.site_id,
    ticket.ticket_id,
    ticket.client_id,
    ticket.brand_code,
    ticket.agent_code,
    ticket.customer_id,
    ticket.status,
    ticket.priority,
    ticket.channel,
    ticket.parent_ticket_id,
    ticket.opened_at,
    ticket.event_date,
    ticket.file_id,
    ticket.row_number,
    swallowed.merged_into_ticket_id,
    queue.line_of_business,
    coalesce(site.time_zone, 'UTC') as time_zone
from {{ ref('stg_zendesk__tickets') }} as ticket
left join swallowed
    on
        ticket.site_id = swallowed.site_id
        and ticket.ticket_id = swallowed.ticket_id
left join {{ ref('stg_company__sites') }} as site
    on
        ticket.site_id = site.site_id
        and {{ valid_on('site', 'ticket.event_date') }}
left join {{ ref('stg_company__queues') }} as queue
    on
        queue.source_system = 'zendesk'
        and ticket.brand_code = queue.queue_code
        and {{ valid_on('queue', 'ticket.event_date') }}
where ticket.status <> 'deleted'
