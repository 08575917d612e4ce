with timed as (
    select
        site_id,
        ticket_id,
        max(case when measure = 'first_reply' then business_s end) as first_reply_business_s,
        max(case when measure = 'resolution' then business_s end) as resolution_business_s
    from {{ ref('int_zendesk__business_time') }}
    group by site_id, ticket_id
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
    moment.target_min * 60 as first_reply_target_s,
    ticket.event_date,
    ticket.file_id,
    ticket.row_number,
    case
        when ticket.channel like 'phone%' then 'voice'
        when ticket.channel like '%chat%' or ticket.channel like '%messaging%' then 'chat'
        else ticket.channel
    end as channel,
    ticket.priority,
    coalesce(
        moment.is_breached = 1,
        case
            when moment.is_business then timed.first_reply_business_s
            else {{ seconds_between(
                'coalesce(moment.reply_clock_at, ticket.opened_at)', 'moment.first_replied_at'
            ) }}
        end > moment.target_min * 60
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
