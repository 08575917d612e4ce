-- Who was an agent, or of a role that is not known, and when. A role changes somewhere between two
-- lists: who is an agent in one of them is one on the days between.
with lists as (
    select
        site_id,
        user_id,
        listed_at,
        max_by(role, file_id) as role,
        max(agent_code) as agent_code
    from {{ ref('stg_zendesk__users') }}
    group by site_id, user_id, listed_at
),

followed as (
    select
        *,
        lag(role) over along as role_before,
        lag(listed_at) over along as before_at,
        max(agent_code) over (partition by site_id, user_id) as staff_code
    from lists
    window along as (partition by site_id, user_id order by listed_at)
),

runs as (
    select
        site_id,
        user_id,
        role,
        staff_code,
        coalesce(before_at, timestamp '0001-01-01 00:00:00') as after_day,
        coalesce(
            lead(listed_at) over (partition by site_id, user_id order by listed_at),
            timestamp '9999-12-31 00:00:00'
        ) as last_day
    from followed
    where role is distinct from role_before
)

select
    site_id,
    user_id,
    role,
    cast(after_day as date) as after_day,
    cast(last_day as date) as last_day,
    case when role = 'agent' then staff_code end as agent_code
from runs
where role <> 'customer'
