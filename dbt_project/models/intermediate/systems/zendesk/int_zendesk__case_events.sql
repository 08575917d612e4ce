with comments as (
    select
        said.*,
        author.role,
        author.agent_code
    from {{ ref('int_zendesk__comments') }} as said
    left join {{ ref('int_zendesk__staff') }} as author
        on {{ was_staff('author', 'said') }}
),

-- What one update sets and sets back has not happened.
updates as (
    select
        *,
        lead(row_number) over (
            partition by site_id, ticket_id, field_name, occurred_at
            order by file_id, row_number
        ) is null as is_last_of_update
    from {{ ref('stg_zendesk__ticket_field_history') }}
),

changes as (
    select
        change.site_id,
        change.ticket_id,
        change.field_name,
        change.occurred_at,
        change.event_date,
        change.file_id,
        change.row_number,
        -- That the owner changed is told; who it was, is somebody's login and stays in raw.
        coalesce(change.value, md5(change.owner_code)) as value,
        author.agent_code,
        lag(coalesce(change.value, md5(change.owner_code))) over (
            partition by change.site_id, change.ticket_id, change.field_name
            order by change.occurred_at
        ) as old_value
    from updates as change
    left join {{ ref('int_zendesk__staff') }} as author
        on {{ was_staff('author', 'change') }} and author.role = 'agent'
    where
        change.field_name in ('status', 'priority', 'assignee_id')
        and change.is_last_of_update
),

told as (
    select
        site_id,
        ticket_id,
        'comment/' || comment_id as event_key,
        agent_code,
        case
            when role = 'unmapped' then 'unmapped'
            when role is null then 'customer_reply'
            -- The record of a call answers nobody in writing.
            when is_public and not is_voice then 'public_reply'
            else 'internal_note'
        end as kind,
        null as old_value,
        null as new_value,
        occurred_at,
        is_opening,
        event_date,
        file_id,
        row_number
    from comments

    union all

    select
        site_id,
        ticket_id,
        field_name || '/' || ticket_id || '/' || cast(occurred_at as {{ dbt.type_string() }})
        || '/' || coalesce(value, '') as event_key,
        agent_code,
        case
            when field_name = 'assignee_id' then 'assigned'
            when field_name = 'priority' then 'priority'
            when value in ('resolved', 'closed') then value
            when old_value in ('resolved', 'closed') then 'reopened'
            else 'status'
        end as kind,
        old_value,
        value as new_value,
        occurred_at,
        false as is_opening,
        event_date,
        file_id,
        row_number
    from changes
    where
        value is distinct from old_value
        and value is not null
        and coalesce(value, '') not in ('new', 'deleted')
)

select
    told.site_id || '/' || told.event_key as case_event_id,
    told.site_id || '/' || told.ticket_id as case_id,
    ticket.client_id,
    ticket.time_zone,
    told.agent_code,
    -- Merging closes a ticket; nobody solved it.
    case
        when ticket.merged_into_ticket_id is not null and told.kind in ('resolved', 'closed')
            then 'merged'
        else told.kind
    end as kind,
    told.old_value,
    case
        when ticket.merged_into_ticket_id is not null and told.kind in ('resolved', 'closed')
            then ticket.merged_into_ticket_id
        else told.new_value
    end as new_value,
    told.occurred_at,
    told.event_date,
    told.file_id,
    told.row_number
from told
left join {{ ref('int_zendesk__tickets') }} as ticket
    on
        told.site_id = ticket.site_id
        and told.ticket_id = ticket.ticket_id
left join {{ ref('stg_zendesk__tickets') }} as known
    on
        told.site_id = known.site_id
        and told.ticket_id = known.ticket_id
where
    coalesce(known.status, 'open') <> 'deleted'
    -- The first comment is what the ticket was opened with, whoever wrote it.
    and not told.is_opening
