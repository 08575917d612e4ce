{{ config(
    severity='error',
    meta={
        'reason': 'An event that came or went after its case was built would be missing from it, '
        ~ 'or counted for ever; the source must send such a case again.',
        'radius': 'client',
        'breaks': 'update fct_case set public_replies_n = public_replies_n + 1'
    }
) }}

with told as (
    select
        opened.client_id,
        sum(case when event.kind = 'public_reply' then 1 else 0 end) as public_replies_n,
        sum(case when event.kind = 'reopened' then 1 else 0 end) as reopens_n,
        sum(case when event.is_touch then 1 else 0 end) as touches_n
    from {{ ref('fct_case_event') }} as event
    inner join {{ ref('fct_case') }} as opened on event.case_id = opened.case_id
    group by opened.client_id
),

summed as (
    select
        client_id,
        sum(public_replies_n) as public_replies_n,
        sum(reopens_n) as reopens_n,
        sum(touches_n) as touches_n
    from {{ ref('fct_case') }}
    group by client_id
)

select
    summed.client_id,
    summed.public_replies_n as case_replies_n,
    told.public_replies_n as event_replies_n,
    summed.reopens_n as case_reopens_n,
    told.reopens_n as event_reopens_n
from summed
left join told on summed.client_id = told.client_id
where
    summed.public_replies_n <> coalesce(told.public_replies_n, 0)
    or summed.reopens_n <> coalesce(told.reopens_n, 0)
    or summed.touches_n <> coalesce(told.touches_n, 0)
