{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'site_date', 'follows': {'fct_contact': [-1, 1]}}}
) }}

select
    client_id,
    site_date,
    {{ count_if('is_offered') }} as offered_n,
    {{ count_if("is_offered and is_answered") }} as answered_n,
    {{ count_if('is_answered_within_threshold') }} as answered_within_threshold_n,
    {{ count_if("is_offered and outcome = 'abandoned_in_ivr'") }} as abandoned_in_ivr_n,
    {{ count_if("is_offered and outcome = 'abandoned_in_queue'") }} as abandoned_in_queue_n,
    {{ count_if('is_short_abandon') }} as short_abandoned_n,
    {{ count_if("is_offered and outcome = 'callback_requested'") }} as callback_requested_n,
    {{ count_if("is_offered and outcome = 'voicemail'") }} as voicemail_n,
    {{ count_if("is_offered and outcome = 'flowed_out'") }} as flowed_out_n,
    {{ count_if("is_offered and outcome = 'closed'") }} as closed_n,
    {{ count_if("outcome = 'phantom'") }} as phantom_n,
    {{ count_if("direction = 'outbound'") }} as outbound_n,
    {{ count_if('is_offered and is_queued') }} as queued_n,
    {{ count_if('is_offered and transfers_n > 0') }} as transferred_n,
    {{ sum_s('case when is_offered and is_answered then wait_s end') }} as answered_wait_s,
    {{ sum_s('legs_answered_n') }} as legs_answered_n,
    {{ sum_s('talk_s') }} as talk_s,
    {{ sum_s('hold_s') }} as hold_s,
    {{ sum_s('acw_s') }} as acw_s,
    {{ sum_s('handle_s') }} as handle_s
from {{ ref('fct_contact') }}
where {{ only_touched('site_date') }}
group by client_id, site_date
