{#-
    Agents, clients, sites and queues by the dates on which facts name them, so that what no map
    knows is found without reading the facts.
-#}
{%- set facts = {
    'fct_contact': 'event_date', 'fct_contact_leg': 'event_date',
    'fct_agent_activity': 'shift_date', 'fct_case': 'event_date', 'fct_case_event': 'event_date',
    'fct_survey': 'event_date', 'fct_outcome': 'event_date'
} %}
{%- set kinds = [
    ('agent', 'agent_id', 'site_id',
     ['fct_contact_leg', 'fct_agent_activity', 'fct_case', 'fct_survey', 'fct_outcome']),
    ('client', 'client_id', 'null',
     ['fct_contact', 'fct_contact_leg', 'fct_survey', 'fct_case', 'fct_case_event', 'fct_outcome']),
    ('site', 'site_id', 'time_zone',
     ['fct_contact', 'fct_contact_leg', 'fct_agent_activity', 'fct_case', 'fct_survey',
      'fct_outcome']),
    ('queue', 'queue_id', 'source_system', ['fct_contact_leg'])
] %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'seen_date',
        'follows': {
            'fct_contact': [0, 0], 'fct_contact_leg': [0, 0], 'fct_agent_activity': [0, 0],
            'fct_case': [0, 0], 'fct_case_event': [0, 0], 'fct_survey': [0, 0],
            'fct_outcome': [0, 0]
        },
        'only_changed': true
    }}
) }}

{% for kind, id, at, in_facts in kinds -%}
{% set last_kind = loop.last -%}
{% for fact in in_facts -%}
select
    '{{ kind }}' as kind,
    {{ id }} as seen_id,
    cast({{ at }} as {{ dbt.type_string() }}) as seen_at,
    {{ facts[fact] }} as seen_date
from {{ ref(fact) }}
where
    {{ id }} is not null
    and {{ only_touched(facts[fact]) }}
group by 2, 3, 4
{{ '' if last_kind and loop.last else 'union' }}
{% endfor -%}
{% endfor %}
