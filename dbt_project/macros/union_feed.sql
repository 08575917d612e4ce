{% macro union_feed(feed) -%}
    {#-
        Every enabled system's model of one canonical feed, one under the other: its staging model,
        or what puts the feed together from events. HEADSET_FEEDS lists `system.canonical_feed`, the
        latter as `system.canonical_feed=model`. The scope that stands in front of every conformed id
        is given here, once: `source_system`, with the instance where it has a name. Names, order and
        types come from the model's own yml, the definition of the feed. No system fills it: a typed
        relation without rows. A column that the definition calls optional is null where a model does
        not name it. A value that a column's list (config.meta.values) does not know is 'unmapped',
        whichever system sent it; int_unmapped_values counts them.
    -#}
    {%- set systems = feed_systems(feed) -%}

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
                {%- set sent = known_value(column) -%}
            {%- endif %}
    cast({{ sent }} as {{ sql_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
from {{ ref(source_model) }}
    {% else -%}
select
        {%- for column in model.columns.values() %}
    cast(null as {{ sql_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
where false
    {%- endfor -%}
{%- endmacro %}


{% macro feed_systems(feed) -%}
    {#- The scopes that fill a canonical feed, each with the model that does. -#}
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
    {{ return(systems) }}
{%- endmacro %}


{% macro column_values(column) -%}
    {#- The values of an enumeration, as its yml lists them; none for a column of free codes. -#}
    {{ return((column.config.meta or {}).get('values', [])) }}
{%- endmacro %}


{% macro known_value(column) -%}
    {%- set values = column_values(column) -%}
    {%- if not values -%}
        {{ return(column.name) }}
    {%- endif -%}
    {#- A column that a system leaves out is a bare null, of no type until it is cast. -#}
    {%- set sent = 'cast(' ~ column.name ~ ' as ' ~ sql_type(column.data_type) ~ ')' -%}
    {{ return(
        "case when " ~ sent ~ " in ('" ~ values | join("', '") ~ "') then " ~ sent
        ~ " when " ~ sent ~ " is not null then 'unmapped' end"
    ) }}
{%- endmacro %}


{% macro unmapped_values(feeds) -%}
    {#-
        Rows of every system's model of these feeds with a value that no list knows, before union_feed
        takes it away: one per row and column. Of an event log, the events without a meaning.
    -#}
    {%- set columns = {} -%}
    {%- for node in (graph.nodes if execute else {}).values() if node.name.startswith('feed_') -%}
        {%- do columns.update({node.name: node.columns.values()}) -%}
    {%- endfor -%}
    {%- for feed in feeds -%}
        {%- for parts, source_model in feed_systems(feed) -%}
            {%- set source_rows = ref(source_model) -%}
            {%- set text = model_text(source_model) -%}
            {%- for column in columns.get('feed_' ~ feed, [])
                if column_values(column) and names_column(text, column.name) %}
    select
        '{{ scope_name(parts[0], parts[1]) }}' as source_system,
        '{{ feed }}' as feed,
        '{{ column.name }}' as column_name,
        cast({{ column.name }} as {{ dbt.type_string() }}) as value,
        event_date
    from {{ source_rows }}
    where
        cast({{ column.name }} as {{ dbt.type_string() }}) not in ('{{ column_values(column) | join("', '") }}')
        and {{ only_touched('event_date') }}
    union all
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for parts, source_model in feed_systems('contacts') if parts[0] == 'asterisk' %}
    select
        '{{ scope_name(parts[0], parts[1]) }}' as source_system,
        'contacts' as feed,
        'event' as column_name,
        event as value,
        event_date
    from {{ ref(source_model | replace('__contacts', '__events')) }}
    where kind = 'unmapped' and {{ only_touched('event_date') }}
    union all
    {%- endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as feed,
        cast(null as {{ dbt.type_string() }}) as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        cast(null as date) as event_date
    where false
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
