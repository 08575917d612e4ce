{% macro union_feed(feed) -%}
    {#-
        Every enabled system's model of one canonical feed, one under the other: its staging model,
        or what puts the feed together from events. HEADSET_FEEDS lists `system.canonical_feed`, the
        latter as `system.canonical_feed=model`. The scope that stands in front of every conformed id
        is given here, once: `source_system`, with the instance where it has a name. Names, order and
        types come from the model's own yml, the definition of the feed. No system fills it: a typed
        relation without rows. A column that the definition calls optional is null where a model does
        not name it.
    -#}
    {%- set usual = 'sim.contacts,sim.contact_legs,sim.agent_activity,'
        ~ 'sim_hr.employment,sim_hr.employment_events,sim_wfm.schedules,sim_wfm.absences,'
        ~ 'sim_qa.evaluations,sim_qa.evaluation_answers,'
        ~ 'sim_people.coaching,sim_people.recognition,sim_people.pulse,sim_people.voice,'
        ~ 'sim_people.changes,sim_people.mentoring,'
        ~ 'sim_crm.cases,sim_crm.case_events,sim_crm.surveys,sim_crm.outcomes,sim_crm.disruptions' -%}
    {%- set systems = [] -%}
    {%- for scope, fills, source_model in feed_entries(env_var('HEADSET_FEEDS', usual)) -%}
        {%- if fills == feed -%}
            {%- do systems.append((scope.split('/') + ['default'], source_model)) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- for parts, source_model in systems -%}
        {{ 'union all' if not loop.first }}
        {%- set text = model_text(source_model) %}
select
        {%- for column in model.columns.values() %}
            {%- if column.name == 'source_system' -%}
                {%- set sent = "'" ~ scope_name(parts[0], parts[1]) ~ "'" -%}
            {%- elif (column.config.meta or {}).get('optional') and not names_column(text, column.name) -%}
                {%- set sent = 'null' -%}
            {%- elif column.name.endswith('_source_system') -%}
                {%- set sent = scope_meant(column.name, parts[1]) -%}
            {%- else -%}
                {%- set sent = column.name -%}
            {%- endif %}
    cast({{ sent }} as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
from {{ ref(source_model) }}
    {% else -%}
select
        {%- for column in model.columns.values() %}
    cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
where false
    {%- endfor -%}
{%- endmacro %}


{% macro model_text(name) -%}
    {#- A model's own text; '' while dbt still parses. -#}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == name -%}
            {{ return(node.raw_code) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}


{% macro names_column(text, column) -%}
    {#- A model that is one `select *` has whatever is below it. -#}
    {%- set whole = 'select * from' in text | replace('\n', ' ') and 'with ' not in text -%}
    {{ return(whole or modules.re.search('\\b' ~ column ~ '\\b', text) is not none) }}
{%- endmacro %}
