{{ config(materialized='table') }}
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

with answered as (
    select
        leg.*,
        cast(floor(leg.half_hour_of_day / 8) as integer) as day_part,
        row_number() over (partition by leg.contact_id order by leg.leg_number desc) as from_last
    from {{ ref('fct_contact_leg') }} as leg
    where
        leg.agent_id is not null
        and leg.is_answered
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
    left join {{ ref('interaction_repeat') }} as repeated on leg.contact_id = repeated.contact_id
    left join {{ ref('int_excused_legs') }} as excused on leg.leg_id = excused.leg_id
    where excused.leg_id is null
    group by
        leg.agent_id, leg.site_date, leg.client_id, leg.line_of_business, leg.channel,
        leg.language, leg.site_id, leg.queue_id, leg.day_part
),

asked_about as (
    select contact_id
    from {{ ref('fct_survey') }}
    union
    select contact_id
    from {{ ref('fct_evaluation') }}
),

-- An answer is credited where its contact was handled.
places as (
    select
        contact_id,
        agent_id,
        max_by(language, leg_number) as language,
        max_by(site_id, leg_number) as site_id,
        max_by(queue_id, leg_number) as queue_id,
        max_by(day_part, leg_number) as day_part
    from (
        select
            *,
            cast(floor(half_hour_of_day / 8) as integer) as day_part
        from {{ ref('fct_contact_leg') }}
        where agent_id is not null and is_answered
    ) as known
    where contact_id in (select asked.contact_id from asked_about as asked)
    group by contact_id, agent_id
),

answers as (
    select
        survey.agent_id,
        survey.site_date,
        survey.client_id,
        survey.line_of_business,
        survey.channel,
        place.language,
        place.site_id,
        place.queue_id,
        place.day_part,
        cast(count(*) as bigint) as csat_n,
        {{ count_if('survey.is_satisfied') }} as csat_satisfied_n
    from {{ ref('fct_survey') }} as survey
    left join places as place
        on survey.contact_id = place.contact_id and survey.agent_id = place.agent_id
    where
        survey.kind = 'csat'
        and survey.is_answered
        and survey.is_first_of_contact
        and survey.is_satisfied is not null
        and survey.agent_id is not null
    group by
        survey.agent_id, survey.site_date, survey.client_id, survey.line_of_business,
        survey.channel, place.language, place.site_id, place.queue_id, place.day_part
),

scored as (
    select
        evaluation.agent_id,
        evaluation.site_date,
        evaluation.client_id,
        coalesce(contact.line_of_business, 'unmapped') as line_of_business,
        contact.channel,
        place.language,
        place.site_id,
        place.queue_id,
        place.day_part,
        cast(count(*) as bigint) as evaluations_n,
        {{ count_if('not evaluation.is_critical_failed') }} as no_critical_error_n,
        cast(count(evaluation.qa_score) as bigint) as scored_n,
        coalesce({{ exact_sum('evaluation.qa_score') }}, 0) as qa_scores,
        coalesce({{ exact_sum('power(evaluation.qa_score, 2)') }}, 0) as qa_scores_sq
    from (
        select
            *,
            cast(weighted_points_after_critical as double) / nullif(weighted_points_possible, 0)
                as qa_score
        from {{ ref('fct_evaluation') }}
    ) as evaluation
    left join {{ ref('fct_contact') }} as contact on evaluation.contact_id = contact.contact_id
    left join places as place
        on evaluation.contact_id = place.contact_id and evaluation.agent_id = place.agent_id
    where
        evaluation.is_counted
    group by
        evaluation.agent_id, evaluation.site_date, evaluation.client_id,
        coalesce(contact.line_of_business, 'unmapped'), contact.channel, place.language,
        place.site_id, place.queue_id, place.day_part
),

stacked as (
    {% for relation, has in [
        ('handled', parts[:15]), ('answers', parts[15:17]), ('scored', parts[17:])
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
