-- Map rows that end before they begin, and pairs of rows of one key that hold on the same day.
{{ config(severity='error', meta={
    'reason': 'Two rows that hold on one day double every fact joined to them; a row that ends before it '
              ~ 'begins holds on none.',
    'radius': 'snapshot',
    'breaks': 'insert into stg_company__queues select * from stg_company__queues where valid_to is null limit 1'
}) }}

{%- set maps = {
    'clients': ['client_id'],
    'sites': ['site_id'],
    'queues': ['source_system', 'queue_code'],
    'dialled_numbers': ['source_system', 'dialled_number'],
    'agents': ['source_system', 'agent_code'],
    'activity_codes': ['source_system', 'activity_code'],
    'dispositions': ['source_system', 'disposition_code'],
    'termination_codes': ['source_system', 'termination_code'],
    'coaching_steps': ['part'],
    'ladder_criteria': ['from_role', 'to_role', 'criterion'],
} %}

with validity as (
    {% for map, key in maps.items() -%}
    select
        '{{ map }}' as map,
        {{ key | join(" || ':' || ") }} as map_key,
        valid_from,
        valid_to
    from {{ ref('stg_company__' ~ map) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

ordered as (
    select
        *,
        lead(valid_from) over (partition by map, map_key order by valid_from) as next_valid_from
    from validity
)

select *
from ordered
where
    valid_from is null
    or valid_to <= valid_from
    or next_valid_from < coalesce(valid_to, date '9999-12-31')
