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

moments as (
    select
        ticket.site_id,
        ticket.ticket_id,
        ticket.opened_at,
        ticket.priority,
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
),

-- As of the reply; of a ticket without one, as it stands.
priorities as (
    select
        moment.site_id,
        moment.ticket_id,
        max_by(history.value, history.occurred_at) as priority
    from moments as moment
    inner join {{ ref('stg_zendesk__ticket_field_history') }} as history
        on
            moment.site_id = history.site_id
            and moment.ticket_id = history.ticket_id
            and moment.first_replied_at >= history.occurred_at
    where history.field_name = 'priority'
    group by moment.site_id, moment.ticket_id
),

policies as (
    select
        moment.site_id,
        moment.ticket_id,
        max_by(applied.sla_policy_id, applied.applied_at) as sla_policy_id,
        max(applied.applied_at) as applied_at
    from moments as moment
    inner join {{ ref('stg_zendesk__ticket_sla_policies') }} as applied
        on
            moment.site_id = applied.site_id
            and moment.ticket_id = applied.ticket_id
            and coalesce(moment.first_replied_at, applied.applied_at) >= applied.applied_at
    group by moment.site_id, moment.ticket_id
),

-- The version of the policy that held when it was applied.
targets as (
    select
        policy.site_id,
        policy.ticket_id,
        max_by(target.target_min, target.policy_updated_at) as target_min,
        max_by(target.is_business, target.policy_updated_at) as is_business
    from policies as policy
    inner join moments as moment
        on
            policy.site_id = moment.site_id
            and policy.ticket_id = moment.ticket_id
    left join priorities as held
        on
            policy.site_id = held.site_id
            and policy.ticket_id = held.ticket_id
    inner join {{ ref('stg_zendesk__sla_policies') }} as target
        on
            policy.site_id = target.site_id
            and policy.sla_policy_id = target.sla_policy_id
            and policy.applied_at >= target.policy_updated_at
            and coalesce(held.priority, moment.priority) = target.priority
    where target.metric = 'first_reply_time'
    group by policy.site_id, policy.ticket_id
),

-- Zendesk's own word on the first reply, where its metric events are exported.
breaches as (
    select
        site_id,
        ticket_id,
        max(case when event = 'breach' and not is_deleted then 1 else 0 end) as is_breached
    from {{ ref('stg_zendesk__metric_events') }}
    where metric = 'reply_time' and instance_n = 1
    group by site_id, ticket_id
)

select
    moment.site_id,
    moment.ticket_id,
    moment.opened_at,
    moment.reply_clock_at,
    moment.first_replied_at,
    moment.resolved_at,
    moment.closed_at,
    target.target_min,
    target.is_business,
    breach.is_breached
from moments as moment
left join targets as target
    on
        moment.site_id = target.site_id
        and moment.ticket_id = target.ticket_id
left join breaches as breach
    on
        moment.site_id = breach.site_id
        and moment.ticket_id = breach.ticket_id
