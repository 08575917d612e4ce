{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {'fct_contact_leg': [-1, 1], 'int_excused_day': [-1, 1]},
        'only_changed': true
    }}
) }}

with excused_legs as (
    select leg_id
    from {{ ref('int_excused_legs') }}
    where {{ only_touched('event_date', before=1, after=1) }}
)

-- By reason: codes that the agent sets are no case mix, but they say what to coach about.
select
    leg.agent_id,
    leg.site_date,
    leg.client_id,
    leg.line_of_business,
    coalesce(leg.channel, 'unknown') as channel,
    coalesce(leg.language, 'unknown') as language,
    coalesce(leg.reason, 'unknown') as reason,
    coalesce(leg.site_id, 'unknown') as site_id,
    coalesce(leg.queue_id, 'unknown') as queue_id,
    coalesce(cast(floor(leg.half_hour_of_day / 8) as integer), -1) as day_part,
    {{ count_if('leg.talk_s is not null') }} as legs_n,
    {{ sum_s('leg.talk_s') }} as talk_s,
    {{ sum_squares('leg.talk_s') }} as talk_sq,
    {{ count_if('leg.talk_s is not null and leg.hold_s is not null') }} as hold_known_n,
    {{ sum_s('case when leg.talk_s is not null then leg.hold_s end') }} as hold_s,
    {{ sum_squares('case when leg.talk_s is not null then leg.hold_s end') }} as hold_sq,
    {{ count_if('leg.talk_s is not null and leg.acw_s is not null') }} as acw_known_n,
    {{ sum_s('case when leg.talk_s is not null then leg.acw_s end') }} as acw_s,
    {{ sum_squares('case when leg.talk_s is not null then leg.acw_s end') }} as acw_sq,
    {{ count_if('leg.talk_s is not null and leg.is_transfer_out') }} as transfers_n
from {{ ref('fct_contact_leg') }} as leg
left join excused_legs as excused on leg.leg_id = excused.leg_id
where
    {{ only_touched('leg.site_date') }}
    and leg.agent_id is not null
    and leg.is_answered
    and excused.leg_id is null
group by
    leg.agent_id, leg.site_date, leg.client_id, leg.line_of_business,
    coalesce(leg.channel, 'unknown'), coalesce(leg.language, 'unknown'),
    coalesce(leg.reason, 'unknown'), coalesce(leg.site_id, 'unknown'),
    coalesce(leg.queue_id, 'unknown'),
    coalesce(cast(floor(leg.half_hour_of_day / 8) as integer), -1)
