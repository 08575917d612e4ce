-- Priorities and policies one after another; what held when the target was met decides.
with priorities as (
    select
        site_id,
        ticket_id,
        value as priority,
        occurred_at as from_at,
        coalesce(
            lead(occurred_at) over (
                partition by site_id, ticket_id order by occurred_at, file_id, row_number
            ),
            timestamp '9999-12-31 00:00:00'
        ) as to_at
    from {{ ref('stg_zendesk__ticket_field_history') }}
    where field_name = 'priority'
),

policies as (
    select
        site_id,
        ticket_id,
        sla_policy_id,
        applied_at,
        coalesce(
            lead(applied_at) over (partition by site_id, ticket_id order by applied_at),
            timestamp '9999-12-31 00:00:00'
        ) as to_at
    from {{ ref('stg_zendesk__ticket_sla_policies') }}
),

running as (
    select
        moment.site_id,
        moment.ticket_id,
        moment.target_from_at,
        coalesce(moment.target_met_at, timestamp '9999-12-30 00:00:00') as until_at,
        policy.sla_policy_id,
        policy.applied_at,
        coalesce(held.priority, ticket.priority) as priority,
        greatest(policy.applied_at, coalesce(held.from_at, policy.applied_at)) as from_at,
        least(policy.to_at, coalesce(held.to_at, policy.to_at)) as to_at
    from {{ ref('int_zendesk__moments') }} as moment
    inner join {{ ref('int_zendesk__tickets') }} as ticket
        on
            moment.site_id = ticket.site_id
            and moment.ticket_id = ticket.ticket_id
    inner join policies as policy
        on
            moment.site_id = policy.site_id
            and moment.ticket_id = policy.ticket_id
    left join priorities as held
        on
            policy.site_id = held.site_id
            and policy.ticket_id = held.ticket_id
            and policy.to_at > held.from_at
            and policy.applied_at < held.to_at
    where moment.target_from_at is not null
),

-- The version of the policy that held when it was applied.
targets as (
    select
        state.site_id,
        state.ticket_id,
        state.target_from_at,
        state.until_at,
        state.from_at,
        state.to_at,
        max_by(policy.target_min, policy.policy_updated_at) as target_min,
        max_by(policy.is_business, policy.policy_updated_at) as is_business
    from running as state
    inner join {{ ref('stg_zendesk__sla_policies') }} as policy
        on
            state.site_id = policy.site_id
            and state.sla_policy_id = policy.sla_policy_id
            and state.applied_at >= policy.policy_updated_at
            and state.priority = policy.priority
    where
        policy.metric = 'first_reply_time'
        and state.from_at <= state.until_at
        and state.to_at > state.from_at
    group by
        state.site_id, state.ticket_id, state.target_from_at, state.until_at, state.from_at,
        state.to_at
)

-- Whether a target was missed that ran out before another took its place, Zendesk's events say.
select
    site_id,
    ticket_id,
    max_by(target_min, from_at) as target_min,
    max_by(is_business, from_at) as is_business,
    max(
        case
            when
                to_at <= until_at
                and {{ seconds_between('target_from_at', 'to_at') }} > target_min * 60
                then 1
            else 0
        end
    ) = 1 as is_exchanged_late
from targets
group by site_id, ticket_id
