{% set span = var('repeat_span_days') %}
{% set windows = {'24h': 24, '48h': 48, '7d': 168, '14d': 336, '30d': 720} %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'contacts': [-1 * span, 0], 'contact_legs': [-1, 0]},
        'unsettled': 'not is_closed_30d',
        'only_changed': true
    }}
) }}

with contacts as (
    select
        *,
        nullif(reason, 'unmapped') as known_reason,
        coalesce(ended_at_utc, started_at_utc) as left_at_utc,
        -- Who reached nobody will call again and tells nothing about anybody's work.
        is_answered and customer_id is not null as is_traceable
    from {{ ref('fct_contact') }}
    where
        is_offered
        and {{ only_touched('event_date', after=span) }}
),

nexts as (
    select
        contact_id,
        lead(started_at_utc) over (
            partition by client_id, customer_id order by started_at_utc, contact_id
        ) as next_any_at_utc,
        lead(started_at_utc) over (
            partition by client_id, customer_id, known_reason order by started_at_utc, contact_id
        ) as next_same_at_utc
    from contacts
    where customer_id is not null
),

newest as (
    select max(started_at_utc) as known_until_utc
    from {{ ref('fct_contact') }}
),

gaps as (
    select
        contact.*,
        {{ seconds_between('contact.left_at_utc', 'newest.known_until_utc') }} as known_s,
        case
            when contact.is_traceable and following.next_any_at_utc is not null
                then greatest(
                    {{ seconds_between('contact.left_at_utc', 'following.next_any_at_utc') }}, 0
                )
        end as any_s,
        case
            when
                contact.is_traceable
                and contact.known_reason is not null
                and following.next_same_at_utc is not null
                then greatest(
                    {{ seconds_between('contact.left_at_utc', 'following.next_same_at_utc') }}, 0
                )
        end as same_s
    from contacts as contact
    cross join newest
    left join nexts as following on contact.contact_id = following.contact_id
    where {{ only_touched('contact.event_date') }}
)

select
    contact_id,
    source_system,
    client_id,
    site_id,
    line_of_business,
    channel,
    reason,
    agent_id,
    event_date,
    site_date,
    cast(case when same_s <= 720 * 3600 then same_s / 3600e0 end as decimal(9, 4))
        as hours_to_next_same_reason,
    cast(case when any_s <= 720 * 3600 then any_s / 3600e0 end as decimal(9, 4))
        as hours_to_next_any_reason,
    {%- for name, hours in windows.items() %}
    coalesce(known_s >= {{ hours }} * 3600, false) as is_closed_{{ name }},
    {%- for by, seconds, known in [
        ('', 'same_s', ' and known_reason is not null'), ('_any_reason', 'any_s', '')
    ] %}
    cast(
        case
            when is_traceable{{ known }} and known_s >= {{ hours }} * 3600 then 1 else 0
        end as integer
    ) as traced{{ by }}_{{ name }}_n,
    cast(
        case
            when
                is_traceable{{ known }} and known_s >= {{ hours }} * 3600
                and coalesce({{ seconds }} > {{ hours }} * 3600, true)
                then 1
            else 0
        end as integer
    ) as resolved{{ by }}_within_{{ name }}_n,
    {%- endfor %}
    {%- endfor %}
    is_traceable,
    is_traceable and known_reason is not null as is_traceable_by_reason
from gaps
