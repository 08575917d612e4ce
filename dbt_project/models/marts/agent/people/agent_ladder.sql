{{ config(materialized='table') }}

with known as (
    select as_of_date from {{ ref('int_as_of') }}
),

present as (
    select employed.*
    from {{ ref('dim_employment') }} as employed
    inner join known on {{ valid_on('employed', 'known.as_of_date') }}
    where employed.has_job_record
),

steps as (
    select
        agent_id,
        role,
        level,
        valid_from,
        lag(role) over (partition by agent_id order by valid_from) as role_before,
        lag(level) over (partition by agent_id order by valid_from) as level_before
    from {{ ref('dim_employment') }}
    where has_job_record
),

rungs as (
    select
        agent_id,
        valid_from,
        case
            when role = role_before and coalesce(level, 0) = coalesce(level_before, 0) then 0
            else 1
        end as is_move
    from steps
),

moves as (
    select
        rung.agent_id,
        max(case when rung.is_move = 1 then rung.valid_from end) as on_rung_since_date,
        cast(sum(rung.is_move) - 1 as integer) as moves_n
    from rungs as rung
    inner join known on rung.valid_from <= known.as_of_date
    group by rung.agent_id
),

interest as (
    select
        agent_id,
        topic as role,
        max(site_date) as declared_date
    from {{ ref('fct_voice') }}
    where kind = 'interest' and agent_id is not null
    group by agent_id, topic
),

-- One value per metric: over all cells that the person works in, whatever the client's set selects.
seen as (
    select
        agent_id,
        metric,
        look_back,
        {{ exact_sum('value_sum') }} / sum(n) as observed,
        sum(n) as n
    from {{ ref('int_agent_measure') }}
    group by agent_id, metric, look_back
),

weighed as (
    select
        person.agent_id,
        rule.to_role,
        rule.criterion,
        case
            when rule.metric is null
                then {{ dbt.datediff('person.service_date', 'known.as_of_date', 'day') }}
            else seen.observed
        end as reached_value,
        rule.metric is null or coalesce(seen.n >= rule.minimum_n, false) as is_known,
        rule.reach,
        rule.threshold
    from present as person
    cross join known
    inner join {{ ref('stg_company__ladder_criteria') }} as rule
        on
            person.role = rule.from_role
            and {{ valid_on('rule', 'known.as_of_date') }}
    left join seen
        on
            person.agent_id = seen.agent_id
            and rule.metric = seen.metric
            and rule.look_back = seen.look_back
),

judged as (
    select
        *,
        is_known
        and coalesce(
            case
                when reach = 'at_least' then reached_value >= threshold
                else reached_value <= threshold
            end, false
        ) as is_met
    from weighed
)

select
    person.agent_id,
    person.leader_id,
    person.site_id,
    person.client_id,
    person.role,
    person.level,
    moves.on_rung_since_date,
    moves.moves_n,
    judged.to_role as next_role,
    judged.criterion,
    judged.reached_value,
    judged.threshold,
    judged.reach,
    judged.is_known,
    judged.is_met,
    interest.declared_date as interest_declared_date,
    cast(count(*) over (partition by judged.agent_id, judged.to_role) as integer) as criteria_n,
    cast(
        sum(case when judged.is_met then 1 else 0 end) over (
            partition by judged.agent_id, judged.to_role
        ) as integer
    ) as criteria_met_n
from judged
inner join present as person on judged.agent_id = person.agent_id
left join moves on judged.agent_id = moves.agent_id
left join interest on judged.agent_id = interest.agent_id and judged.to_role = interest.role
