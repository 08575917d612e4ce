{{ config(materialized='table') }}
{#- The last 90 days by agent, comparable cell and reason: each part of handling as one row. -#}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language'] %}
{%- set parts = [
    ('talk', 'legs_n', 'talk_s', 'talk_sq', 'mean', 's', 'down'),
    ('hold', 'hold_known_n', 'hold_s', 'hold_sq', 'mean', 's', 'down'),
    ('after_contact_work', 'acw_known_n', 'acw_s', 'acw_sq', 'mean', 's', 'down'),
    ('transfers', 'legs_n', 'transfers_n', 'transfers_n', 'share', 'share', 'down'),
] %}
{%- set sections = ['empathy', 'problem_solving'] %}

with recent as (
    select
        day.agent_id,
        {% for key in cell %}day.{{ key }},
        {% endfor -%}
        day.reason,
        count(distinct date_trunc('week', day.site_date)) as weeks_n,
        {% for column in ['legs_n', 'talk_s', 'talk_sq', 'hold_known_n', 'hold_s', 'hold_sq',
                          'acw_known_n', 'acw_s', 'acw_sq', 'transfers_n'] -%}
    cast(sum(day.{{ column }}) as double) as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_agent_reason_day') }} as day
    inner join {{ ref('int_scorecard_windows') }} as window_
        on
            window_.look_back = 'days_90'
            and window_.place = 'current'
            and day.site_date between window_.first_date and window_.last_date
    group by
        day.agent_id,
        {% for key in cell %}day.{{ key }},
        {% endfor %}day.reason
),

quality as (
    select
        evaluation.agent_id,
        evaluation.client_id,
        count(distinct date_trunc('week', evaluation.site_date)) as weeks_n,
    {% for section in sections -%}
        {% set share = 'evaluation.' ~ section ~ '_weighted_points / nullif(evaluation.'
                       ~ section ~ '_weighted_points_possible, 0)' -%}
    cast(count({{ share }}) as double) as {{ section }}_n,
    {{ exact_sum('100e0 * ' ~ share) }} as {{ section }}_sum,
    {{ exact_sum('power(100e0 * ' ~ share ~ ', 2)') }} as {{ section }}_sq
    {{- ',' if not loop.last }}
    {% endfor %}
    from {{ ref('fct_evaluation') }} as evaluation
    inner join {{ ref('int_scorecard_windows') }} as window_
        on
            window_.look_back = 'days_90'
            and window_.place = 'current'
            and evaluation.site_date between window_.first_date and window_.last_date
    where evaluation.is_counted and evaluation.evaluator_kind = 'human'
    group by evaluation.agent_id, evaluation.client_id
),

measured as (
    {% for part, n, total, square, kind, unit, good in parts -%}
    select
        agent_id,
        {% for key in cell %}{{ key }},
        {% endfor -%}
        reason,
        '{{ part }}' as part,
        '{{ kind }}' as kind,
        '{{ unit }}' as unit,
        '{{ good }}' as good_direction,
        weeks_n,
        {{ n }} as n,
        {{ total }} as value_sum,
        {{ square }} as value_sq_sum
    from recent
    where {{ n }} > 0
    union all
    {% endfor -%}
    {% for section in sections -%}
    select
        agent_id,
        client_id,
        'all' as line_of_business,
        'all' as channel,
        'all' as language,
        'all' as reason,
        'qa_{{ section }}' as part,
        'mean' as kind,
        'pct' as unit,
        'up' as good_direction,
        weeks_n,
        {{ section }}_n as n,
        {{ section }}_sum as value_sum,
        {{ section }}_sq as value_sq_sum
    from quality
    where {{ section }}_n > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    *,
    value_sum / n as observed,
    case
        when kind = 'share'
            then
                {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers
                * (1 - {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers)
        else
            {{ exact_sum('value_sq_sum - value_sum * value_sum / n', 'peers') }}
            / nullif(sum(n - 1) over peers, 0)
    end as within_variance
from measured
window peers as (partition by {{ cell | join(', ') }}, reason, part)
