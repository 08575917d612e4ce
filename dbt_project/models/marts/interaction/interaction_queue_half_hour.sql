{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'site_date', 'follows': {'fct_contact_leg': [-1, 1]}}}
) }}

select
    client_id,
    site_id,
    queue_id,
    half_hour_start_utc,
    half_hour_of_day,
    site_date,
    time_zone,
    {{ count_if('is_offered') }} as offered_n,
    {{ count_if('is_offered and is_answered') }} as answered_n,
    {{ count_if('is_offered and is_answered_within_threshold') }} as answered_within_threshold_n,
    {{ count_if('is_offered and is_answered and wait_s is null') }} as answered_unknown_wait_n,
    {{ count_if('is_abandoned') }} as abandoned_n,
    {{ count_if('is_short_abandon') }} as short_abandoned_n,
    {{ count_if("is_offered and outcome = 'callback_requested'") }} as callback_requested_n,
    {{ count_if("is_offered and outcome = 'voicemail'") }} as voicemail_n,
    {{ count_if("is_offered and outcome = 'flowed_out'") }} as flowed_out_n,
    {{ count_if("is_offered and outcome = 'closed'") }} as closed_n,
    {{ count_if("is_offered and outcome = 'full'") }} as full_n,
    {{ count_if("is_offered and outcome = 'unstaffed'") }} as unstaffed_n,
    {{ count_if('is_answered') }} as handled_n,
    {{ count_if('is_transfer_out') }} as transfers_out_n,
    {{ sum_s('case when is_offered then wait_s end') }} as wait_s,
    {{ sum_s('case when is_offered and is_answered then wait_s end') }} as answered_wait_s,
    {{ sum_s('case when is_abandoned then wait_s end') }} as abandoned_wait_s,
    max(case when is_offered then wait_s end) as longest_wait_s,
    {{ sum_s('talk_s') }} as talk_s,
    {{ sum_s('hold_s') }} as hold_s,
    {{ sum_s('acw_s') }} as acw_s,
    {{ sum_s('handle_s') }} as handle_s
from {{ ref('fct_contact_leg') }}
where {{ only_touched('site_date') }}
group by
    client_id, site_id, queue_id, half_hour_start_utc, half_hour_of_day, site_date, time_zone
