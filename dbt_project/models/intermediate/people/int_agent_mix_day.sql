{% set span = var('contact_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {
            'fct_contact_leg': [-2 - span, 2 + span], 'interaction_repeat': [-1, 1 + span],
            'int_excused_day': [-1, 1], 'int_contact_answer': [-1, 1]
        },
        'only_changed': true
    }}
) }}

{#- What was observed of each agent on a day, by what routing and customers decide. -#}
{%- set mix = [
    'client_id', 'line_of_business', 'channel', 'language', 'site_id', 'queue_id', 'day_part'
] %}
{%- set parts = [
    'legs_n', 'talk_s', 'talk_sq', 'hold_known_n', 'hold_s', 'hold_sq', 'acw_known_n', 'acw_s',
    'acw_sq', 'handle_s', 'handle_sq', 'answered_n', 'transfers_n', 'settled_n', 'resolved_n',
    'csat_n', 'csat_satisfied_n', 'evaluations_n', 'no_critical_error_n', 'scored_n', 'qa_scores',
    'qa_scores_sq'
] %}
{%- set said = parts[15:] %}

with answered as (
    select
        leg.*,
        cast(floor(leg.half_hour_of_day / 8) as integer) as day_part,
        row_number() over (partition by leg.contact_id order by leg.leg_number desc) as from_last
    from {{ ref('fct_contact_leg') }} as leg
    where
        leg.agent_id is not null
        and leg.is_answered
        and {{ only_touched('leg.site_date', before=span + 1, after=span + 1) }}
),

repeats as (
    select
        contact_id,
        traced_7d_n,
        resolved_within_7d_n
    from {{ ref('interaction_repeat') }}
    where {{ only_touched('event_date', before=span + 1, after=1) }}
),

excused_legs as (
    select leg_id
    from {{ ref('int_excused_legs') }}
    where {{ only_touched('event_date', before=1, after=1) }}
),

handled as (
    select
        leg.agent_id,
        leg.site_date,
        leg.client_id,
        leg.line_of_business,
        leg.channel,
        leg.language,
        leg.site_id,
        leg.queue_id,
        leg.day_part,
        {{ count_if('leg.talk_s is not null') }} as legs_n,
        {{ sum_s('leg.talk_s') }} as talk_s,
        {{ sum_squares('leg.talk_s') }} as talk_sq,
        {{ count_if('leg.talk_s is not null and leg.hold_s is not null') }} as hold_known_n,
        {{ sum_s('case when leg.talk_s is not null then leg.hold_s end') }} as hold_s,
        {{ sum_squares('case when leg.talk_s is not null then leg.hold_s end') }} as hold_sq,
        {{ count_if('leg.talk_s is not null and leg.acw_s is not null') }} as acw_known_n,
        {{ sum_s('case when leg.talk_s is not null then leg.acw_s end') }} as acw_s,
        {{ sum_squares('case when leg.talk_s is not null then leg.acw_s end') }} as acw_sq,
        {{ sum_s('case when leg.talk_s is not null then leg.handle_s end') }} as handle_s,
        {{ sum_squares('case when leg.talk_s is not null then leg.handle_s end') }} as handle_sq,
        cast(count(*) as bigint) as answered_n,
        {{ count_if('leg.is_transfer_out') }} as transfers_n,
        -- Whoever spoke last answers for whether the customer had to come back.
        {{ sum_s('case when leg.from_last = 1 then repeated.traced_7d_n end') }} as settled_n,
        {{ sum_s('case when leg.from_last = 1 then repeated.resolved_within_7d_n end') }}
            as resolved_n
    from answered as leg
    left join repeats as repeated on leg.contact_id = repeated.contact_id
    left join excused_legs as excused on leg.leg_id = excused.leg_id
    where
        excused.leg_id is null
        and {{ only_touched('leg.site_date') }}
    group by
        leg.agent_id, leg.site_date, leg.client_id, leg.line_of_business, leg.channel,
        leg.language, leg.site_id, leg.queue_id, leg.day_part
),

-- An answer is credited where its contact was handled.
answers as (
    select
        agent_id,
        site_date,
        {% for key in mix %}{{ key }},
        {% endfor -%}
        cast(sum(case when kind = 'survey' then 1 else 0 end) as bigint) as csat_n,
        cast(sum(case when kind = 'survey' then is_good else 0 end) as bigint) as csat_satisfied_n,
        cast(sum(case when kind = 'evaluation' then 1 else 0 end) as bigint) as evaluations_n,
        cast(sum(case when kind = 'evaluation' then is_good else 0 end) as bigint)
            as no_critical_error_n,
        cast(count(qa_score) as bigint) as scored_n,
        coalesce({{ exact_sum('qa_score') }}, 0) as qa_scores,
        coalesce({{ exact_sum('power(qa_score, 2)') }}, 0) as qa_scores_sq
    from {{ ref('int_contact_answer') }}
    where {{ only_touched('site_date') }}
    group by agent_id, site_date, {{ mix | join(', ') }}
),

stacked as (
    {% for relation, has in [
        ('handled', parts[:15]), ('answers', said)
    ] -%}
    select
        agent_id,
        site_date,
        {% for key in mix %}{{ key }},
        {% endfor -%}
    {% for part in parts -%}
    {{ part if part in has else '0' }} as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    agent_id,
    site_date,
    client_id,
    coalesce(line_of_business, 'unmapped') as line_of_business,
    coalesce(channel, 'unknown') as channel,
    coalesce(language, 'unknown') as language,
    coalesce(site_id, 'unknown') as site_id,
    coalesce(queue_id, 'unknown') as queue_id,
    coalesce(day_part, -1) as day_part,
{% for part in parts -%}
{% set type = 'double' if part.endswith('_sq') or part == 'qa_scores' else 'bigint' -%}
cast(sum({{ part }}) as {{ type }}) as {{ part }}{{ ',' if not loop.last }}
{% endfor %}
from stacked
group by
    agent_id, site_date, client_id, coalesce(line_of_business, 'unmapped'),
    coalesce(channel, 'unknown'), coalesce(language, 'unknown'), coalesce(site_id, 'unknown'),
    coalesce(queue_id, 'unknown'), coalesce(day_part, -1)
