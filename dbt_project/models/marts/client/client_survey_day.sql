{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'site_date', 'follows': {'fct_survey': [-1, 1]}}}
) }}

select
    client_id,
    site_id,
    line_of_business,
    channel,
    kind,
    scale_max,
    site_date,
    {{ count_if("kind = 'invitation'") }} as invited_n,
    {{ count_if("kind <> 'invitation'") }} as asked_n,
    {{ count_if('is_answered') }} as answered_n,
    {{ count_if('is_answered and is_first_of_contact') }} as answered_first_n,
    {{ count_if('is_satisfied') }} as satisfied_n,
    {{ count_if('is_promoter') }} as promoter_n,
    {{ count_if('is_detractor') }} as detractor_n,
    {{ count_if('is_easy') }} as easy_n,
    {{ count_if('is_resolved_at_first_contact') }} as resolved_at_first_contact_n,
    cast(coalesce(sum(score), 0) as decimal(18, 3)) as score_sum
from {{ ref('fct_survey') }}
where {{ only_touched('site_date') }}
group by client_id, site_id, line_of_business, channel, kind, scale_max, site_date
