-- Days of a client on which legs came without their contacts.
{{ config(severity='error', meta={
    'reason': 'Half a delivery: legs without a contact are not offered, so a missing contact file would '
              ~ 'publish a quiet day. Tolerance set 2026-11-22: 5 legs and 2 %, for quarantined contacts.',
    'radius': 'client',
    'breaks': "update fct_contact_leg set contact_id = contact_id || '~'"
}) }}

select
    leg.client_id,
    leg.site_date,
    count(*) as legs_n,
    sum(case when contact.contact_id is null then 1 else 0 end) as orphans_n
from {{ ref('fct_contact_leg') }} as leg
left join {{ ref('fct_contact') }} as contact on leg.contact_id = contact.contact_id
group by leg.client_id, leg.site_date
having
    sum(case when contact.contact_id is null then 1 else 0 end) > 5
    and sum(case when contact.contact_id is null then 1 else 0 end) > 0.02 * count(*)
