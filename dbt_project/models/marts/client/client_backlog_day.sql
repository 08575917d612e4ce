{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {'int_case_spans': [-1, 1], 'fct_case_event': [-1, 1]},
        'onward': true,
        'only_changed': true
    }}
) }}

{%- set dates = touched_date_list() if execute and is_incremental() else [] %}
{%- set first = dates[0] if dates %}
{%- set since = first - modules.datetime.timedelta(days=1) if first else '0001-01-01' %}
{% set parts = ['open_n', 'pending_n', 'opened_day', 'older_2_n', 'older_7_n', 'older_30_n'] %}
-- Running sums of what opens and what is done: a case counts on every date at whose end it is open.
-- From the first touched date on: what was open before it enters on that date.
with all_spans as (
    select
        client_id,
        site_id,
        line_of_business,
        channel,
        status in ('pending', 'on_hold') as is_pending,
        cast({{ to_local('opened_at_utc', 'time_zone') }} as date) as opened_date,
        cast({{ to_local('started_at_utc', 'time_zone') }} as date) as from_date,
        coalesce(
            cast({{ to_local('ended_at_utc', 'time_zone') }} as date), date '9999-12-31'
        ) as to_date
    from {{ ref('int_case_spans') }}
    where
        not is_done
        and coalesce(ended_at_utc, timestamp '9999-12-31') >= timestamp '{{ since }}'
),

spans as (
    select *
    from all_spans
    where to_date > date '{{ first or "0001-01-01" }}'
),

-- Once for the case as such (-1) and once for every age that it reaches while open.
aged as (
    select
        span.*,
        age.days as older_than,
        {{ days_between("date '1970-01-01'", 'span.opened_date') }} as opened_day,
        greatest(
            span.from_date, {{ add_days('span.opened_date', 'age.days + 1') }}
            {{- ", date '" ~ first ~ "'" if first }}
        ) as since_date
    from spans as span
    cross join (values (-1), (2), (7), (30)) as age (days)
),

steps as (
    select
        *,
        since_date as site_date,
        1 as step
    from aged
    where since_date < to_date
    union all
    select
        *,
        to_date as site_date,
        -1 as step
    from aged
    where since_date < to_date and to_date < date '9999-12-31'
),

daily as (
    select
        client_id,
        site_id,
        line_of_business,
        channel,
        site_date,
        sum(case when older_than = -1 then step else 0 end) as open_n,
        sum(case when older_than = -1 and is_pending then step else 0 end) as pending_n,
        sum(case when older_than = -1 then step * opened_day else 0 end) as opened_day,
        sum(case when older_than = 2 then step else 0 end) as older_2_n,
        sum(case when older_than = 7 then step else 0 end) as older_7_n,
        sum(case when older_than = 30 then step else 0 end) as older_30_n
    from steps
    group by client_id, site_id, line_of_business, channel, site_date
),

known as (
    select max(event_date) as last_date
    from {{ ref('fct_case_event') }}
),

seen as (
    select
        client_id,
        site_id,
        line_of_business,
        channel,
        min(site_date) as first_date
    from daily
    group by client_id, site_id, line_of_business, channel
    {%- if first %}
    -- What was ever open keeps its row, at 0 when nothing is.
    union
    select distinct
        client_id,
        site_id,
        line_of_business,
        channel,
        date '{{ first }}' as first_date
    from {{ this }}
    where site_date = {{ add_days("date '" ~ first ~ "'", -1) }}
    {%- endif %}
),

first_seen as (
    select
        client_id,
        site_id,
        line_of_business,
        channel,
        min(first_date) as first_date
    from seen
    group by client_id, site_id, line_of_business, channel
),

calendar as (
    select
        seen.client_id,
        seen.site_id,
        seen.line_of_business,
        seen.channel,
        day.date_day as site_date
    from first_seen as seen
    cross join known
    inner join {{ ref('dim_date') }} as day
        on
            seen.first_date <= day.date_day
            and known.last_date >= day.date_day
),

running as (
    select
        calendar.*,
        {% for part in parts -%}
        sum(coalesce(daily.{{ part }}, 0)) over (
            partition by
                calendar.client_id, calendar.site_id, calendar.line_of_business, calendar.channel
            order by calendar.site_date
            rows between unbounded preceding and current row
        ) as {{ part }},
        {% endfor -%}
        known.last_date
    from calendar
    cross join known
    left join daily
        on
            calendar.client_id = daily.client_id
            and calendar.site_id = daily.site_id
            and calendar.line_of_business = daily.line_of_business
            and calendar.channel is not distinct from daily.channel
            and calendar.site_date = daily.site_date
)

select
    client_id,
    site_id,
    line_of_business,
    channel,
    site_date,
    cast(open_n as bigint) as open_n,
    cast(pending_n as bigint) as pending_n,
    cast(
        open_n * {{ days_between("date '1970-01-01'", 'site_date') }} - opened_day as bigint
    ) as open_age_days,
    cast(older_2_n as bigint) as open_older_than_2_days_n,
    cast(older_7_n as bigint) as open_older_than_7_days_n,
    cast(older_30_n as bigint) as open_older_than_30_days_n
from running
