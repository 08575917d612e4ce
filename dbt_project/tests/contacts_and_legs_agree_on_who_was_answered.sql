-- Days of a client on which contacts say answered and their legs do not, or the other way round.
{{ config(severity='error', meta={
    'reason': 'Half a delivery: answered contacts without a leg have no wait and no handle time. '
              ~ 'Tolerance set 2026-11-22: 5 contacts and 2 %, for quarantined legs.',
    'radius': 'client',
    'breaks': 'update fct_contact set is_answered = not is_answered'
}) }}

with systems_with_legs as (
    select distinct source_system
    from {{ ref('fct_contact_leg') }}
)

select
    contact.client_id,
    contact.site_date,
    count(*) as contacts_n,
    sum(case when contact.is_answered <> (contact.legs_answered_n > 0) then 1 else 0 end)
        as disagree_n
from {{ ref('fct_contact') }} as contact
inner join systems_with_legs on contact.source_system = systems_with_legs.source_system
group by contact.client_id, contact.site_date
having
    sum(case when contact.is_answered <> (contact.legs_answered_n > 0) then 1 else 0 end) > 5
    and sum(case when contact.is_answered <> (contact.legs_answered_n > 0) then 1 else 0 end)
    > 0.02 * count(*)
