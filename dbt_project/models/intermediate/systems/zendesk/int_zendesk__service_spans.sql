-- Zendesk uses the first schedule that was made where a ticket has been given none.
with oldest as (
    select
        site_id,
        min_by(schedule_id, created_at) as schedule_id
    from {{ ref('stg_zendesk__schedules') }}
    group by site_id
),

given as (
    select
        ticket.site_id,
        ticket.ticket_id,
        oldest.schedule_id,
        ticket.opened_at as from_at,
        0 as place
    from {{ ref('int_zendesk__tickets') }} as ticket
    inner join oldest on ticket.site_id = oldest.site_id

    union all

    select
        site_id,
        ticket_id,
        schedule_id,
        assigned_at as from_at,
        1 as place
    from {{ ref('stg_zendesk__ticket_schedules') }}
)

select
    site_id,
    ticket_id,
    schedule_id,
    from_at,
    coalesce(
        lead(from_at) over (partition by site_id, ticket_id order by from_at, place),
        timestamp '9999-12-31 00:00:00'
    ) as to_at
from given
