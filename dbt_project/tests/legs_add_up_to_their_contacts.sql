-- Seconds of the legs against those of their contacts, by client and day of the contact.
{{ config(severity='error', meta={
    'reason': 'The same seconds from both facts; a difference means that a leg moved and its contact did not follow. '
              ~ 'A leg that comes late builds its contact with it; what remains is mended by '
              ~ '`headset night --rebuild`.',
    'radius': 'client',
    'breaks': 'update fct_contact_leg set handle_s = handle_s + 1'
}) }}

with legs as (
    select
        contact_id,
        sum(handle_s) as handle_s,
        sum(case when is_answered then 1 else 0 end) as legs_answered_n
    from {{ ref('fct_contact_leg') }}
    group by contact_id
)

select
    contact.client_id,
    contact.site_date,
    count(*) as contacts_n,
    sum(contact.handle_s) as contact_handle_s,
    sum(leg.handle_s) as leg_handle_s
from {{ ref('fct_contact') }} as contact
left join legs as leg on contact.contact_id = leg.contact_id
where
    coalesce(contact.handle_s, 0) <> coalesce(leg.handle_s, 0)
    or contact.legs_answered_n <> coalesce(leg.legs_answered_n, 0)
group by contact.client_id, contact.site_date
