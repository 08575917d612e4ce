-- Each list says how things stand; a version begins with the first list that says otherwise.
with lists as (
    select
        *,
        row_number() over (partition by agent_code, hire_date order by listed_at) as list_n,
        lag(leader_code) over along as earlier_leader_code,
        lag(team_code) over along as earlier_team_code,
        lag(site_id) over along as earlier_site_id,
        lag(client_id) over along as earlier_client_id,
        lag(line_of_business) over along as earlier_line_of_business,
        lag(role) over along as earlier_role,
        lag(level) over along as earlier_level,
        lag(contract_type) over along as earlier_contract_type,
        lag(fte) over along as earlier_fte,
        lag(weekly_hours) over along as earlier_weekly_hours
    from {{ ref('stg_roster__people') }}
    window along as (partition by agent_code, hire_date order by listed_at)
)

select
    agent_code,
    -- The first list tells of the time since the hire; a later one changes what is from its day on.
    case
        when list_n = 1 then hire_date
        else greatest(cast(listed_at as date), hire_date)
    end as valid_from,
    null as valid_to,
    listed_at as recorded_at,
    false as is_withdrawn,
    leader_code,
    team_code,
    site_id,
    client_id,
    line_of_business,
    role,
    level,
    contract_type,
    fte,
    weekly_hours,
    event_date,
    file_id,
    row_number
from lists
where
    list_n = 1
    or leader_code is distinct from earlier_leader_code
    or team_code is distinct from earlier_team_code
    or site_id is distinct from earlier_site_id
    or client_id is distinct from earlier_client_id
    or line_of_business is distinct from earlier_line_of_business
    or role is distinct from earlier_role
    or level is distinct from earlier_level
    or contract_type is distinct from earlier_contract_type
    or fte is distinct from earlier_fte
    or weekly_hours is distinct from earlier_weekly_hours
