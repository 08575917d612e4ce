{# Instances of systems: what an id, a code or a name of a system means, and where. #}

{% macro feed_entries(feeds) -%}
    {#- HEADSET_FEEDS as a list of (scope, canonical feed, model); a scope is `system[/instance]`. -#}
    {%- set entries = [] -%}
    {%- for entry in feeds.split(',') if entry | trim -%}
        {%- set pair = (entry | trim).split('=') -%}
        {%- set parts = pair[0].split('.') -%}
        {%- if parts | length != 2 -%}
            {{ exceptions.raise_compiler_error(
                "HEADSET_FEEDS: '" ~ entry ~ "' is not <system>.<canonical feed>") }}
        {%- endif -%}
        {%- set staging = 'stg_' ~ parts[0] ~ '__' ~ parts[1] -%}
        {%- do entries.append((parts[0], parts[1], pair[1] if pair | length > 1 else staging)) -%}
    {%- endfor -%}
    {{ return(entries) }}
{%- endmacro %}


{% macro named_instances() -%}
    {#- The enabled instances of each system that has named ones: {'zendesk': ['default', 'beta']}. -#}
    {%- set found = {} -%}
    {%- for scope, _, _ in feed_entries(env_var('HEADSET_FEEDS', '')) if '/' in scope -%}
        {%- set system, instance = scope.split('/') -%}
        {%- if instance not in found.setdefault(system, []) -%}
            {%- do found[system].append(instance) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro scope_name(system, instance) -%}
    {#- As ids carry it: the default instance is the system alone. -#}
    {{ return(system if instance == 'default' else system ~ '/' ~ instance) }}
{%- endmacro %}


{% macro scope_meant(column, instance='default') -%}
    {#-
        SQL: the scope that a row of `instance` means when it names a system. Of several instances
        it means the one of its own name, else the default one, else the only one there is.
    -#}
    {%- set cases = [] -%}
    {%- for system, instances in named_instances().items() -%}
        {%- set meant = namespace(instance=none) -%}
        {%- if instance in instances -%}
            {%- set meant.instance = instance -%}
        {%- elif 'default' in instances -%}
            {%- set meant.instance = 'default' -%}
        {%- elif instances | length == 1 -%}
            {%- set meant.instance = instances[0] -%}
        {%- endif -%}
        {%- if meant.instance not in (none, 'default') -%}
            {%- do cases.append("when '" ~ system ~ "' then '" ~ scope_name(system, meant.instance) ~ "'") -%}
        {%- endif -%}
        {%- do cases.append("when '" ~ system ~ "/default' then '" ~ system ~ "'") -%}
    {%- endfor -%}
    {%- if cases -%}
        case cast({{ column }} as {{ dbt.type_string() }}) {{ cases | join(' ') }} else {{ column }} end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}


{% macro map_by_scope(map, keys) -%}
    {#-
        A company map whose rows name a system, in FROM: its current rows with `source_system`, the
        scope that each holds for. A row of the system holds for all its instances, one of
        `system/instance` for that one; where an instance has rows of its own for a key, these alone
        say what the key means there.
    -#}
    {%- set scopes = [] -%}
    {%- set systems = [] -%}
    {%- for system, instances in named_instances().items() -%}
        {%- do systems.append("'" ~ system ~ "'") -%}
        {%- for instance in instances -%}
            {%- do scopes.append(
                "('" ~ system ~ "', '" ~ system ~ '/' ~ instance ~ "', '"
                ~ scope_name(system, instance) ~ "')") -%}
        {%- endfor -%}
    {%- endfor -%}
    (
        select
            mapped.*,
            {{ "replace(mapped.system, '/default', '')" if not scopes else
                "coalesce(scope.source_system, replace(mapped.system, '/default', ''))" }}
                as source_system
        from {{ source('raw_company', map) }} as mapped
        {%- if scopes %}
        left join (values {{ scopes | join(', ') }}) as scope (system, named, source_system)
            on mapped.system in (scope.system, scope.named)
        left join (
            select distinct
                system,
                {{ keys | join(', ') }}
            from {{ source('raw_company', map) }}
            where _is_current
        ) as own
            on
                mapped.system = scope.system
                and scope.named = own.system
                {%- for key in keys %}
                and mapped.{{ key }} = own.{{ key }}
                {%- endfor %}
        {%- endif %}
        where
            mapped._is_current
            {{ 'and own.system is null' if scopes }}
    )
{%- endmacro %}
