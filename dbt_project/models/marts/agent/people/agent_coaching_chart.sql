{{ config(materialized='table') }}
{#- What a session was about, and the metric that is charted; a metric's own name is one too. -#}
{%- set charted = {
    'talk': 'talk_time.of_handled', 'hold': 'hold_time.of_handled',
    'handle_time': 'handle_time.of_handled',
    'after_contact_work': 'after_contact_work.of_handled',
    'transfers': 'transfer_rate.transferred_of_connections',
    'repeat_contacts': 'first_contact_resolution.no_repeat_7d',
    'resolution': 'first_contact_resolution.no_repeat_7d',
    'csat': 'csat.satisfied_of_answers', 'quality': 'quality_score.mean_of_evaluations',
    'qa_empathy': 'quality_score.mean_of_evaluations',
    'qa_problem_solving': 'quality_score.mean_of_evaluations'
} -%}
{%- set weeks = 7 * var('coaching_weeks') -%}

with sessions as (
    select
        coaching_id,
        agent_id,
        topic,
        done_date,
        cast(date_trunc('week', done_date) as date) as week_date,
        case topic
            {% for topic, metric in charted.items() -%}
            when '{{ topic }}' then '{{ metric }}'
            {% endfor -%}
            else topic
        end as metric
    from {{ ref('fct_coaching') }}
    where is_done and topic is not null
),

weeks as (
    select
        session.coaching_id,
        session.agent_id,
        session.topic,
        session.done_date,
        session.metric,
        point.client_id,
        point.leader_id,
        point.week_start_date < session.week_date as is_before,
        point.n,
        point.observed,
        point.is_alarm
    from sessions as session
    inner join {{ ref('agent_chart') }} as point
        on
            session.agent_id = point.agent_id
            and session.metric = point.metric
            and session.week_date <> point.week_start_date
            and point.week_start_date
            between {{ add_days('session.week_date', -1 * weeks) }}
            and {{ add_days('session.week_date', weeks) }}
)

select
    coaching_id,
    agent_id,
    max(leader_id) as leader_id,
    done_date,
    topic,
    client_id,
    metric,
    {% for side, condition in {'before': 'is_before', 'after': 'not is_before'}.items() -%}
    cast({{ count_if(condition) }} as integer) as weeks_{{ side }}_n,
    {{ sum_s('case when ' ~ condition ~ ' then n end') }} as {{ side }}_n,
    {{ exact_sum('case when ' ~ condition ~ ' then observed * n end') }}
    / nullif(sum(case when {{ condition }} then n end), 0) as level_{{ side }},
    {% endfor -%}
    cast({{ count_if('is_alarm and not is_before') }} as integer) as alarms_after_n
from weeks
group by coaching_id, agent_id, done_date, topic, client_id, metric
