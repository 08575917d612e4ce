with localised as (
    select
        *,
        cast({{ to_local('opened_at', 'time_zone') }} as date) as site_date
    from {{ ref('feed_cases') }}
)

select
    opened.source_system,
    opened.channel,
    opened.reason,
    opened.priority,
    opened.customer_id,
    opened.opened_at as opened_at_utc,
    opened.reply_clock_at as reply_clock_at_utc,
    opened.first_replied_at as first_replied_at_utc,
    opened.resolved_at as resolved_at_utc,
    opened.closed_at as closed_at_utc,
    opened.status,
    opened.first_reply_business_s,
    opened.resolution_business_s,
    opened.first_reply_target_s,
    opened.is_first_reply_late,
    coalesce(opened.are_messages_known, true) as are_messages_known,
    opened.event_date,
    opened.site_date,
    opened.file_id,
    opened.row_number,
    {{ scoped_id('opened.source_system', 'opened.case_id') }} as case_id,
    opened.source_system || ':' || opened.parent_case_id as parent_case_id,
    opened.source_system || ':' || opened.merged_into_case_id as merged_into_case_id,
    coalesce(opened.contact_source_system, opened.source_system) || ':' || opened.contact_id
        as contact_id,
    coalesce(opened.client_id, 'unmapped') as client_id,
    coalesce(opened.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(opened.time_zone, 'UTC') as time_zone,
    coalesce(opened.line_of_business, 'unmapped') as line_of_business,
    coalesce(agent.agent_id, opened.source_system || ':' || opened.agent_code) as agent_id
from localised as opened
left join {{ ref('stg_company__agents') }} as agent
    on
        opened.source_system = agent.source_system
        and opened.agent_code = agent.agent_code
        and {{ valid_on('agent', 'opened.site_date') }}
