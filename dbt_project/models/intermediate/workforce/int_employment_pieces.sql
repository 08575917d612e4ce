-- Cut where the band of tenure changes, so that growing older is a move like any other.
with spells as (
    select
        *,
        coalesce(hire_event_id, 'before') as spell_key,
        coalesce(
            service_date,
            min(valid_from) over (partition by agent_id, coalesce(hire_event_id, 'before'))
        ) as served_from
    from {{ ref('int_employment_history') }}
)

select
    spell.agent_id,
    spell.spell_key,
    spell.hire_kind,
    spell.hired_date,
    spell.left_date,
    spell.termination_event_id,
    spell.served_from,
    spell.site_id,
    spell.client_id,
    spell.line_of_business,
    spell.role,
    spell.fte,
    spell.known_from,
    spell.known_to,
    band.tenure_band,
    coalesce(spell.leader_id, 'none') as leader_id,
    greatest(
        spell.valid_from, cast({{ add_days('spell.served_from', 'band.first_day') }} as date)
    ) as valid_from,
    least(
        spell.valid_to, cast({{ add_days('spell.served_from', 'band.next_day') }} as date)
    ) as valid_to
from spells as spell
inner join (
    values
    (-36500, 31, '0-30 days'),
    (31, 91, '31-90 days'),
    (91, 181, '91-180 days'),
    (181, 366, '181-365 days'),
    (366, 731, '1-2 years'),
    (731, 2900000, 'over 2 years')
) as band (first_day, next_day, tenure_band)
    on
        spell.valid_from < cast({{ add_days('spell.served_from', 'band.next_day') }} as date)
        and spell.valid_to > cast({{ add_days('spell.served_from', 'band.first_day') }} as date)
