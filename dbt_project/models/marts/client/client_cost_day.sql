{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {
            'int_paid_day': [0, 0], 'int_agent_client_day': [0, 0], 'fct_contact': [-1, 1],
            'interaction_repeat': [-1, 1]
        },
        'only_changed': true,
        'rebuild_on': ['stg_company__cost_rates', 'dim_fx_rate']
    }}
) }}

with paid as (
    select
        day.agent_id,
        day.shift_date,
        day.site_id,
        day.paid_s,
        day.client_id as own_client_id,
        -- A rate of the level comes before one for all; nobody's own pay is anywhere.
        case
            when own_rate.site_id is not null
                then own_rate.hourly_cost * own_fx.rate
            else site_rate.hourly_cost * site_fx.rate
        end as hourly_cost_group
    from {{ ref('int_paid_day') }} as day
    left join {{ ref('stg_company__cost_rates') }} as own_rate
        on
            day.site_id = own_rate.site_id
            and cast(day.level as {{ dbt.type_string() }}) = own_rate.level
            and {{ valid_on('own_rate', 'day.shift_date') }}
    left join {{ ref('stg_company__cost_rates') }} as site_rate
        on
            day.site_id = site_rate.site_id
            and site_rate.level = 'all'
            and {{ valid_on('site_rate', 'day.shift_date') }}
    left join {{ ref('dim_fx_rate') }} as own_fx
        on
            own_rate.currency = own_fx.currency
            and {{ valid_on('own_fx', 'day.shift_date') }}
    left join {{ ref('dim_fx_rate') }} as site_fx
        on
            site_rate.currency = site_fx.currency
            and {{ valid_on('site_fx', 'day.shift_date') }}
    where {{ only_touched('day.shift_date') }}
),

-- A day is shared out by whose contacts the agent handled; a day without any is the own client's.
shared as (
    select
        paid.site_id,
        paid.shift_date as site_date,
        paid.hourly_cost_group,
        coalesce(handled.client_id, paid.own_client_id, 'unmapped') as client_id,
        coalesce(handled.handle_s, 0) as handle_s,
        case
            when handled.client_id is null then cast(paid.paid_s as double)
            else
                cast(paid.paid_s as double) * handled.handle_s
                / sum(handled.handle_s) over (
                    partition by paid.agent_id, paid.shift_date, paid.site_id
                )
        end as paid_s
    from paid
    left join {{ ref('int_agent_client_day') }} as handled
        on
            paid.agent_id = handled.agent_id
            and paid.shift_date = handled.shift_date
            and paid.site_id = handled.site_id
),

parts as (
    select
        client_id,
        site_id,
        site_date,
        paid_s,
        handle_s,
        case when hourly_cost_group is null then paid_s else 0 end as unrated_paid_s,
        coalesce(paid_s / 3600 * cast(hourly_cost_group as double), 0) as cost_group,
        0 as contacts_handled_n,
        0 as contacts_resolved_n,
        0 as contacts_open_n
    from shared

    union all

    select
        client_id,
        site_id,
        site_date,
        0 as paid_s,
        0 as handle_s,
        0 as unrated_paid_s,
        0 as cost_group,
        count(*) as contacts_handled_n,
        0 as contacts_resolved_n,
        0 as contacts_open_n
    from {{ ref('fct_contact') }}
    where is_answered and {{ only_touched('site_date') }}
    group by client_id, site_id, site_date

    union all

    -- Nothing is resolved that nobody answered.
    select
        client_id,
        site_id,
        site_date,
        0 as paid_s,
        0 as handle_s,
        0 as unrated_paid_s,
        0 as cost_group,
        0 as contacts_handled_n,
        sum(resolved_within_7d_n) as contacts_resolved_n,
        0 as contacts_open_n
    from {{ ref('interaction_repeat') }}
    where {{ only_touched('site_date') }}
    group by client_id, site_id, site_date

    union all

    select
        contact.client_id,
        contact.site_id,
        contact.site_date,
        0 as paid_s,
        0 as handle_s,
        0 as unrated_paid_s,
        0 as cost_group,
        0 as contacts_handled_n,
        0 as contacts_resolved_n,
        count(*) as contacts_open_n
    from {{ ref('interaction_repeat') }} as repeat
    inner join {{ ref('fct_contact') }} as contact
        on
            repeat.contact_id = contact.contact_id
            and repeat.event_date = contact.event_date
    where
        contact.is_answered
        and not repeat.is_closed_7d
        and {{ only_touched('contact.site_date') }}
    group by contact.client_id, contact.site_id, contact.site_date
)

select
    client_id,
    site_id,
    site_date,
    cast({{ exact_sum('paid_s') }} as decimal(18, 6)) as paid_s,
    cast({{ exact_sum('unrated_paid_s') }} as decimal(18, 6)) as unrated_paid_s,
    {{ sum_s('handle_s') }} as productive_s,
    cast({{ exact_sum('cost_group') }} as decimal(18, 6)) as cost_group,
    cast(sum(contacts_handled_n) as bigint) as contacts_handled_n,
    cast(sum(contacts_resolved_n) as bigint) as contacts_resolved_n,
    cast(sum(contacts_open_n) as bigint) as contacts_open_n
from parts
group by client_id, site_id, site_date
