{#
    How a table or view is put in its place on DuckDB: in one transaction that replaces it, where
    dbt-duckdb builds beside it, renames twice, drops, and asks for columns seven times (a third of
    a small night). Contracts are enforced as dbt does. Other engines use their adapter's own
    materializations. What they do not do, they refuse (`refuse_unknown_config`).
#}

{% materialization table, adapter='duckdb' %}
    {%- do refuse_unknown_config() -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set found = load_cached_relation(this) -%}
    {%- call statement('main') %}
        {{ replace_table(target, found) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- do refuse_unknown_config() -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- set found = load_cached_relation(this) -%}
    {%- call statement('main') %}
        {%- if found is not none and not found.is_view %}
        drop table if exists {{ target }};
        {%- endif %}
        {%- if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        {%- endif %}
        create or replace view {{ target }} as (
            {{ compiled_code }}
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization incremental, adapter='duckdb' %}
    {#- Of the one strategy here, `touched`: where no date is touched, nothing is selected. -#}
    {%- do refuse_unknown_config() -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set found = load_cached_relation(this) -%}
    {%- if found is none or not found.is_table or should_full_refresh() -%}
        {%- call statement('main') %}
            {{ set_older_rows_aside(found) }}
            {{ replace_table(target, found) }};
            {{ put_older_rows_back(target, found) }}
            {{ keep_input_fingerprints() }}
        {%- endcall -%}
    {%- else -%}
        {#- Rows are written once, unless they are compared with those that stand, or needed before
            those go. -#}
        {%- set only_changed = config.get('meta').touched.get('only_changed') -%}
        {%- set is_bound = config.get('contract').enforced -%}
        {%- set columns = model.columns.values() if model.columns
            else adapter.get_columns_in_relation(found) -%}
        {%- set written = {
            'target_relation': target,
            'temp_relation': '(\n' ~ compiled_code ~ '\n) as fresh',
            'dest_columns': columns,
        } -%}
        {%- set beside = only_changed or not is_bound or this | string in compiled_code -%}
        {%- if touched_date_list() and beside -%}
            {%- set fresh = make_temp_relation(target) -%}
            {%- call statement('fresh') %}
                {{ create_table_as(true, fresh, compiled_code) }}
            {%- endcall -%}
            {%- if not is_bound -%}
                {%- do process_schema_changes('fail', fresh, found) -%}
            {%- endif -%}
            {%- do written.update({'temp_relation': fresh}) -%}
            {%- if only_changed -%}
                {%- do written.update({'dates': changed_dates(fresh, columns)}) -%}
            {%- endif -%}
        {%- elif is_bound -%}
            {%- do get_assert_columns_equivalent(compiled_code) -%}
        {%- endif -%}
        {%- call statement('main') %}
            {{ get_incremental_touched_sql(written) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% macro refuse_unknown_config() -%}
    {#- A setting that would be ignored in silence is worse than none. -#}
    {%- set asked = model.config -%}
    {%- set ignored = [] -%}
    {%- for name in [
        'pre-hook', 'post-hook', 'grants', 'indexes', 'sql_header', 'partitioned_by', 'unique_key',
        'incremental_predicates', 'batch_size', 'event_time'
    ] if asked.get(name) -%}
        {%- do ignored.append(name) -%}
    {%- endfor -%}
    {%- if (asked.get('persist_docs') or {}).values() | select | list -%}
        {%- do ignored.append('persist_docs') -%}
    {%- endif -%}
    {%- if model.language != 'sql' -%}
        {%- do ignored.append('language ' ~ model.language) -%}
    {%- endif -%}
    {%- if asked.materialized == 'incremental' and asked.get('incremental_strategy') != 'touched' -%}
        {%- do ignored.append('incremental_strategy ' ~ asked.get('incremental_strategy')) -%}
    {%- endif -%}
    {%- if ignored -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": config " ~ ignored | join(', ')
            ~ " has no effect here (macros/materializations.sql): take it out"
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro replace_table(target, found) -%}
    {%- if found is not none and not found.is_table -%}
        drop view if exists {{ target }};
    {%- endif -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
        insert into {{ target }} {{ get_column_names() }} (
            {{ get_select_subquery(compiled_code) }}
        )
    {%- else -%}
        create or replace table {{ target }} as (
            {{ compiled_code }}
        )
    {%- endif -%}
{%- endmacro %}
