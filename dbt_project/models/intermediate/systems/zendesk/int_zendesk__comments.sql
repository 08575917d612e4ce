with placed as (
    select
        site_id,
        comment_id,
        ticket_id,
        occurred_at,
        author_id,
        is_public,
        is_voice,
        event_date,
        file_id,
        row_number,
        row_number() over (
            partition by site_id, ticket_id
            order by occurred_at, length(comment_id), comment_id
        ) as place
    from {{ ref('stg_zendesk__ticket_comments') }}
)

select
    comment.*,
    coalesce(
        comment.place = 1
        and {{ seconds_between('ticket.opened_at', 'comment.occurred_at') }} <= 2,
        false
    ) as is_opening
from placed as comment
left join {{ ref('int_zendesk__tickets') }} as ticket
    on
        comment.site_id = ticket.site_id
        and comment.ticket_id = ticket.ticket_id
