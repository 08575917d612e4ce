with timed as (
    select
        site_id,
        ticket_id,
        max(case when measure = 'first_reply' then business_s end) as first_reply_business_s,
        max(case when measure = 'resolution' then business_s end) as resolution_business_s,
        max(case when measure = 'target' then business_s end) as target_business_s
    from {{ ref('int_zendesk__business_time') }}
    group by site_id, ticket_id
),

-- Zendesk's own word on the first reply, where its metric events are exported.
breaches as (
    select
        site_id,
        ticket_id,
        max(case when is_deleted then 0 else 1 end) = 1 as is_breached
    from {{ ref('stg_zendesk__metric_events') }}
    where metric = 'reply_time' and instance_n = 1 and event = 'breach'
    group by site_id, ticket_id
),

-- The clock's word; null while it runs, and where the replies are not in the export.
clocks as (
    select
        moment.site_id,
        moment.ticket_id,
        target.target_min,
        target.is_exchanged_late,
        case
            when not moment.are_messages_known then null
            when target.is_business then timed.target_business_s
            else {{ seconds_between('moment.target_from_at', 'moment.target_met_at') }}
        end > target.target_min * 60 as is_late
    from {{ ref('int_zendesk__moments') }} as moment
    inner join {{ ref('int_zendesk__targets') }} as target
        on
            moment.site_id = target.site_id
            and moment.ticket_id = target.ticket_id
    left join timed
        on
            moment.site_id = timed.site_id
            and moment.ticket_id = timed.ticket_id
)

select
    ticket.site_id || '/' || ticket.ticket_id as case_id,
    ticket.client_id,
    ticket.site_id,
    ticket.time_zone,
    ticket.line_of_business,
    null as reason,
    ticket.customer_id,
    ticket.agent_code,
    null as contact_source_system,
    null as contact_id,
    ticket.site_id || '/' || ticket.parent_ticket_id as parent_case_id,
    ticket.site_id || '/' || ticket.merged_into_ticket_id as merged_into_case_id,
    ticket.opened_at,
    moment.reply_clock_at,
    moment.first_replied_at,
    moment.resolved_at,
    moment.closed_at,
    ticket.status,
    timed.first_reply_business_s,
    timed.resolution_business_s,
    clock.target_min * 60 as first_reply_target_s,
    ticket.event_date,
    ticket.file_id,
    ticket.row_number,
    case
        when ticket.channel like 'phone%' then 'voice'
        when ticket.channel like '%chat%' or ticket.channel like '%messaging%' then 'chat'
        else ticket.channel
    end as channel,
    ticket.priority,
    moment.are_messages_known,
    coalesce(
        breach.is_breached,
        case when clock.is_late or not clock.is_exchanged_late then clock.is_late end
    ) as is_first_reply_late
from {{ ref('int_zendesk__tickets') }} as ticket
left join {{ ref('int_zendesk__moments') }} as moment
    on
        ticket.site_id = moment.site_id
        and ticket.ticket_id = moment.ticket_id
left join timed
    on
        ticket.site_id = timed.site_id
        and ticket.ticket_id = timed.ticket_id
left join clocks as clock
    on
        ticket.site_id = clock.site_id
        and ticket.ticket_id = clock.ticket_id
left join breaches as breach
    on
        ticket.site_id = breach.site_id
        and ticket.ticket_id = breach.ticket_id
