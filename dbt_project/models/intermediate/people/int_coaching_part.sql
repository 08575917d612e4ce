{{ config(materialized='table') }}
{#- The last 90 days by agent, comparable cell and reason: each part of handling as one row. -#}
{%- set cell = ['client_id', 'line_of_business', 'channel', 'language'] %}
{%- set stratum = cell + ['reason', 'site_id', 'queue_id', 'day_part'] %}
{%- set parts = [
    ('talk', 'legs_n', 'talk_s', 'talk_sq', 's'),
    ('hold', 'hold_known_n', 'hold_s', 'hold_sq', 's'),
    ('after_contact_work', 'acw_known_n', 'acw_s', 'acw_sq', 's'),
    ('transfers', 'legs_n', 'transfers_n', 'transfers_n', 'share')] %}
{%- set sums = ['legs_n', 'talk_s', 'talk_sq', 'hold_known_n', 'hold_s', 'hold_sq',
                'acw_known_n', 'acw_s', 'acw_sq', 'transfers_n'] %}
{%- set sections = ['empathy', 'problem_solving'] %}

with span as (
    select
        first_date,
        last_date
    from {{ ref('int_scorecard_windows') }}
    where look_back = 'days_90' and place = 'current'
),

tenures as (
    select
        employed.agent_id,
        {{ tenure_band(tenure_days('employed.service_date', 'span.last_date')) }} as tenure_band
    from {{ ref('dim_employment') }} as employed
    inner join span on {{ valid_on('employed', 'span.last_date') }}
),

recent as (
    select
        day.agent_id,
        day.{{ stratum | join(', day.') }},
        coalesce(tenure.tenure_band, 'unknown') as tenure_band,
        date_trunc('week', day.site_date) as week_start,
    {% for column in sums -%}
    cast(sum(day.{{ column }}) as double) as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_agent_reason_day') }} as day
    inner join span on day.site_date between span.first_date and span.last_date
    left join tenures as tenure on day.agent_id = tenure.agent_id
    group by
        day.agent_id, day.{{ stratum | join(', day.') }},
        coalesce(tenure.tenure_band, 'unknown'), date_trunc('week', day.site_date)
),

-- What everybody with such contacts needs, and how far one lies from another by chance.
usual as (
    select
        {{ stratum | join(', ') }},
        tenure_band,
    {% for part, n, total, square, unit in parts -%}
    {{ exact_sum(total) }} / nullif({{ exact_sum(n) }}, 0) as usual_{{ part }},
    {{ spread_of(n, total, square) }} as spread_{{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from recent
    group by {{ stratum | join(', ') }}, tenure_band
),

compared as (
    select
        own.agent_id,
        own.{{ (cell + ['reason']) | join(', own.') }},
        count(distinct own.week_start) as weeks_n,
    {% for part, n, total, square, unit in parts -%}
    {{ exact_sum('own.' ~ n) }} as {{ part }}_n,
    {{ exact_sum('own.' ~ total) }} as {{ part }}_sum,
    {{ exact_sum('own.' ~ n ~ ' * usual.usual_' ~ part) }} as {{ part }}_expected,
    {{ exact_sum('own.' ~ n ~ ' * usual.spread_' ~ part) }} as {{ part }}_chance
    {{- ',' if not loop.last }}
    {% endfor %}
    from recent as own
    inner join usual on {{ same_keys('own', 'usual', stratum + ['tenure_band']) }}
    group by own.agent_id, own.{{ (cell + ['reason']) | join(', own.') }}
),

reopened as (
    select
        solved.agent_id,
        solved.client_id,
        coalesce(solved.line_of_business, 'unmapped') as line_of_business,
        coalesce(solved.channel, 'unknown') as channel,
        coalesce(solved.reason, 'unknown') as reason,
        count(distinct date_trunc('week', solved.site_date)) as weeks_n,
        cast(count(*) as double) as n,
        cast(sum(case when solved.is_reopened then 1 else 0 end) as double) as value_sum
    from {{ ref('fct_case') }} as solved
    inner join span on solved.site_date between span.first_date and span.last_date
    where
        solved.agent_id is not null
        and solved.is_counted
        and solved.first_resolved_at_utc is not null
    group by
        solved.agent_id, solved.client_id, coalesce(solved.line_of_business, 'unmapped'),
        coalesce(solved.channel, 'unknown'), coalesce(solved.reason, 'unknown')
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
    inner join span on evaluation.site_date between span.first_date and span.last_date
    where evaluation.is_counted and evaluation.evaluator_kind = 'human'
    group by evaluation.agent_id, evaluation.client_id
),

measured as (
    {% for part, n, total, square, unit in parts -%}
    select
        agent_id,
        {{ (cell + ['reason']) | join(', ') }},
        '{{ part }}' as part,
        '{{ unit }}' as unit,
        weeks_n,
        {{ part }}_n as n,
        {{ part }}_sum as value_sum,
        cast(null as double) as value_sq_sum,
        {{ part }}_expected as expected_sum,
        {{ part }}_chance as chance_sum
    from compared
    where {{ part }}_n > 0
    union all
    {% endfor -%}
    select
        agent_id,
        client_id,
        line_of_business,
        channel,
        'all' as language,
        reason,
        'reopenings' as part,
        'share' as unit,
        weeks_n,
        n,
        value_sum,
        value_sum as value_sq_sum,
        cast(null as double) as expected_sum,
        cast(null as double) as chance_sum
    from reopened
    {% for section in sections -%}
    union all
    select
        agent_id,
        client_id,
        'all' as line_of_business,
        'all' as channel,
        'all' as language,
        'all' as reason,
        'qa_{{ section }}' as part,
        'pct' as unit,
        weeks_n,
        {{ section }}_n as n,
        {{ section }}_sum as value_sum,
        {{ section }}_sq as value_sq_sum,
        cast(null as double) as expected_sum,
        cast(null as double) as chance_sum
    from quality
    where {{ section }}_n > 0
    {% endfor %}
),

banded as (
    select
        measured.*,
        coalesce(tenure.tenure_band, 'unknown') as tenure_band
    from measured
    left join tenures as tenure on measured.agent_id = tenure.agent_id
)

select
    *,
    case when unit = 'pct' then 'up' else 'down' end as good_direction,
    value_sum / n as observed,
    -- As the peers' queues and hours would have shown it.
    value_sum / n
    + coalesce(
        {{ exact_sum('value_sum', 'peers') }} / sum(n) over (peers) - expected_sum / n, 0
    ) as adjusted,
    case
        when expected_sum is not null then nullif(chance_sum / n, 0)
        when unit = 'share'
            then
                {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers
                * (1 - {{ exact_sum('value_sum', 'peers') }} / sum(n) over peers)
        else
            {{ exact_sum('value_sq_sum - value_sum * value_sum / n', 'peers') }}
            / nullif(sum(n - 1) over peers, 0)
    end as within_variance
from banded
window peers as (partition by {{ cell | join(', ') }}, tenure_band, reason, part)
