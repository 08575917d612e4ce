{#
    How a table or view is put in its place on DuckDB: in one transaction that replaces it, where
    dbt-duckdb builds beside it, renames twice, drops, and asks for columns seven times (a third of
    a small night). Contracts are enforced as dbt does. Other engines use their adapter's own
    materializations. Not taken over, because nothing here uses them: hooks, grants, indexes,
    comments in the warehouse, Python models.
#}

{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set found = load_cached_relation(this) -%}
    {%- call statement('main') %}
        {{ replace_table(target, found) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
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
    {%- set target = this.incorporate(type='table') -%}
    {%- set found = load_cached_relation(this) -%}
    {%- if found is none or not found.is_table or should_full_refresh() -%}
        {%- call statement('main') %}
            {{ replace_table(target, found) }}
        {%- endcall -%}
    {%- else -%}
        {#- Rows are written once, unless the model reads itself and needs them before they go. -#}
        {%- set fresh = '(\n' ~ compiled_code ~ '\n) as fresh' -%}
        {%- set beside = this | string in compiled_code or not config.get('contract').enforced -%}
        {%- if touched_date_list() and beside -%}
            {%- set fresh = make_temp_relation(target) -%}
            {%- call statement('fresh') %}
                {{ create_table_as(true, fresh, compiled_code) }}
            {%- endcall -%}
            {%- if not config.get('contract').enforced -%}
                {%- do process_schema_changes('fail', fresh, found) -%}
            {%- endif -%}
        {%- elif config.get('contract').enforced -%}
            {%- do get_assert_columns_equivalent(compiled_code) -%}
        {%- endif -%}
        {%- call statement('main') %}
            {{ get_incremental_touched_sql({
                'target_relation': target,
                'temp_relation': fresh,
                'dest_columns': model.columns.values()
            }) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


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
