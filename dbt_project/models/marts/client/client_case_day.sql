{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'site_date', 'follows': {'fct_case': [-1, 1]}}}
) }}

select
    client_id,
    site_id,
    line_of_business,
    channel,
    site_date,
    cast(count(*) as bigint) as opened_n,
    {{ count_if('is_counted') }} as counted_n,
    {{ count_if('is_merged') }} as merged_n,
    {{ count_if('is_resolved') }} as resolved_n,
    {{ count_if('is_open') }} as open_n,
    {{ count_if('is_replied') }} as replied_n,
    {{ count_if('is_reopened') }} as reopened_n,
    {{ count_if('is_one_touch') }} as one_touch_n,
    {{ sum_s('case when is_counted then reopens_n end') }} as reopens_n,
    {{ sum_s('case when is_counted then touches_n end') }} as touches_n,
    {{ sum_s('case when is_counted then public_replies_n end') }} as public_replies_n,
    {{ sum_s('case when is_replied then first_reply_s end') }} as first_reply_s,
    {{ sum_s('case when is_resolved then first_resolution_s end') }} as first_resolution_s,
    {{ sum_s('resolution_s') }} as resolution_s,
    {{ sum_s('case when is_resolved then pending_s end') }} as resolved_pending_s
from {{ ref('fct_case') }}
where {{ only_touched('site_date') }}
group by client_id, site_id, line_of_business, channel, site_date
