{#
    The `touched` incremental strategy: rewrite exactly the business dates that landed data touched.

    A model says in its config which of its date columns is the key and which canonical feeds fill
    it, each with the days before and after a touched UTC date that its rows can fall on:

        meta={'touched': {'column': 'event_date',
                          'feeds': {'contacts': [0, 0], 'contact_legs': [-1, 0]}}}

    Additions for rows whose content hangs on more than near dates: `through` (see
    touched_through), `unsettled`, a condition on the table's own rows: dates on which it holds are
    rewritten every time, because time alone changes them, and `as_of_employment`: true for rows
    that carry HR attributes as of their date (see employment_drift). Models that stand on others of
    this strategy name them in `follows`, with days as for feeds; on one that is built whole, in
    `differs_from`: its months that are not as before. `by: month` rewrites whole months, by their first day.

    raw.touched holds the dates of new rows *and* of the rows they superseded, so a row that a
    correction moved to another date leaves its old date. The model deletes those dates and inserts
    what it selects for the same dates, in dbt's one transaction per model.
#}

{% macro touched_dates(before=0, after=0) -%}
    {#-
        The touched dates of the current model as a bracketed list of date literals, so that DuckDB
        prunes row groups by them. `before` and `after` widen it: what must be *read* to get the
        written dates right.
    -#}
    {%- set dates = touched_date_list(before, after) -%}
    {%- if dates | length == 0 -%}
        (cast(null as date))
    {%- else -%}
        (
            {%- for touched_date in dates -%}
                date '{{ touched_date }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}


{% macro touched_date_list(before=0, after=0) -%}
    {#- Asked once per model and width while dbt compiles it, and once more while it is built. -#}
    {%- set kept = model.setdefault('headset_touched_dates', {}) -%}
    {%- set width = before ~ ' ' ~ after -%}
    {%- if width not in kept -%}
        {%- do kept.update({width: find_touched_dates(before, after)}) -%}
    {%- endif -%}
    {{ return(kept[width]) }}
{%- endmacro %}


{% macro find_touched_dates(before, after) -%}
    {%- set spec = config.get('meta', {}).get('touched') -%}
    {%- if not spec -%}
        {{ exceptions.raise_compiler_error(model.name ~ ": config meta.touched is missing") }}
    {%- endif -%}
    {%- set spans = [] -%}
    {%- for feed, days in spec.get('feeds', {}).items() -%}
        {%- set first = days[0] - before -%}
        {%- set last = days[1] + after -%}
        {%- for offset in range(first, last + 1) -%}
            {%- do spans.append("('" ~ feed ~ "', " ~ offset ~ ")") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set query -%}
        {%- if not spans %}
        select cast(null as date) as touched_date
        where false
        {%- else %}
        select distinct
            cast({{ add_days('touched.event_date', 'span.days') }} as date) as touched_date
        from raw.touched as touched
        inner join ledger.batch as batch on touched.batch_id = batch.batch_id
        inner join (values {{ spans | join(', ') }}) as span (feed, days)
            on touched.feed = span.feed
        where batch.built_at is null
        {%- endif %}
        {%- for followed, days in spec.get('follows', {}).items() if is_incremental() %}
        union
        {{ touched_by(followed, days[0] - before, days[1] + after, spec.get('by')) }}
        {%- endfor %}
        {%- if spec.get('differs_from') and is_incremental() %}
        union
        {{ touched_by_difference(spec.column, spec.differs_from) }}
        {%- endif %}
        {%- if spec.get('through') %}
        union
        {{ touched_through(spec.through, before, after) }}
        {%- endif %}
        {%- if spec.get('unsettled') and is_incremental() %}
        union
        select distinct
            cast({{ add_days('rewritten.' ~ spec.column, 'later.days') }} as date) as touched_date
        from {{ this }} as rewritten
        cross join {{ offsets(-1 * before, after) }}
        where {{ spec.unsettled }}
        {%- endif %}
        {%- if spec.get('as_of_employment') and is_incremental() %}
        union
        {{ employment_drift(spec.column, before, after) }}
        {%- endif %}
        order by 1
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()) }}
{%- endmacro %}


{% macro touched_through(through, before, after) -%}
    {#-
        Dates of the rows of one feed to which touched rows of another belong, however old they are:
        an event of today rewrites the case of last month and not the month between.

            'through': {'feed': 'case_events', 'to': 'cases', 'key': ['source_system', 'case_id']}

        `days` (optional) widens the found dates as the days of a feed do.
        The model itself refers to both feeds. Rows that a correction takes away name nothing any
        more: the source sends their case again, or the feed's own days must reach it.
    -#}
    {%- set days = through.get('days', [0, 0]) %}
    select distinct cast({{ add_days('found.event_date', 'later.days') }} as date) as touched_date
    from {{ ref('feed_' ~ through.to) }} as found
    inner join (
        select distinct {{ through.key | join(', ') }}
        from {{ ref('feed_' ~ through.feed) }}
        where
            event_date in (
                select touched.event_date
                from raw.touched as touched
                inner join ledger.batch as batch on touched.batch_id = batch.batch_id
                where batch.built_at is null and touched.feed = '{{ through.feed }}'
            )
    ) as named
        on
            {%- for column in through.key %}
            {{ 'and ' if not loop.first }}found.{{ column }} = named.{{ column }}
            {%- endfor %}
    cross join {{ offsets(days[0] - before, days[1] + after) }}
{%- endmacro %}


{% macro touched_by(followed, first, last, by) -%}
    {#- Dates that a model below has rewritten in this build, with the days around them. -#}
    {%- set day = add_days('below.rewritten_date', 'later.days') %}
    select distinct
        {{ "cast(date_trunc('month', " ~ day ~ ") as date)" if by == 'month' else 'cast(' ~ day ~ ' as date)' }}
            as touched_date
    from ledger.rewritten as below
    inner join ledger.batch as batch on below.batch_id = batch.batch_id
    cross join {{ offsets(first, last) }}
    where batch.built_at is null and below.model = '{{ followed }}' and below.rewritten_date is not null
{%- endmacro %}


{% macro touched_by_difference(column, now) -%}
    {#- Dates of rows that are here and not there any more, or there and not here yet. -#}
    select distinct changed.{{ column }} as touched_date
    from (
        (select * from {{ ref(now) }} except select * from {{ this }})
        union all
        (select * from {{ this }} except select * from {{ ref(now) }})
    ) as changed
{%- endmacro %}


{% macro offsets(first, last) -%}
    (
        values {% for offset in range(first, last + 1) -%}
            ({{ offset }}){{ ', ' if not loop.last }}
        {%- endfor %}
    ) as later (days)
{%- endmacro %}


{% macro only_touched(column, before=0, after=0) -%}
    {#- A predicate: everything on a first build and in unit tests, then the touched dates. -#}
    {%- if model.resource_type == 'model' and is_incremental() -%}
        {{ column }} in {{ touched_dates(before, after) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{% macro get_incremental_touched_sql(arg_dict) -%}
    {#- ledger.rewritten remembers the dates: publication looks at their months alone. -#}
    {%- set spec = config.get('meta', {}).get('touched') -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set dates = touched_date_list() %}
    insert into ledger.rewritten (batch_id, model, rewritten_date)
    select
        max(batch.batch_id),
        '{{ model.name }}',
        cast(spine.rewritten_date as date)
    from ledger.batch as batch
    cross join (
        values (null){% for day in dates %}, (date '{{ day }}'){% endfor %}
    ) as spine (rewritten_date)
    where batch.built_at is null
    group by spine.rewritten_date;
    {%- if dates %}

    delete from {{ arg_dict['target_relation'] }}
    where {{ spec.column }} in {{ touched_dates() }};

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
    {%- endif %}
{%- endmacro %}


{% macro should_full_refresh() -%}
    {#- dbt asks wherever a model says is_incremental(): found out once. -#}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- if 'headset_full_refresh' not in model -%}
        {%- do model.update({'headset_full_refresh': must_rebuild()}) -%}
    {%- endif -%}
    {{ return(model['headset_full_refresh']) }}
{%- endmacro %}


{% macro must_rebuild() -%}
    {#-
        dbt's own rule, plus: an incremental table whose columns differ from its contract is rebuilt
        from raw. Appending a column would leave history null in a table people sum. And a table
        that applies the company's terms is rebuilt when one of its lists came anew.
    -#}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}
        {%- set asked = flags.FULL_REFRESH -%}
    {%- endif -%}
    {%- if asked or model.resource_type != 'model'
           or model.config.materialized != 'incremental' -%}
        {{ return(asked) }}
    {%- endif -%}
    {%- set existing = adapter.get_relation(this.database, this.schema, this.identifier) -%}
    {%- if existing is none -%}
        {{ return(asked) }}
    {%- endif -%}
    {%- if terms_changed() or followed_rebuilt() -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for column in adapter.get_column_schema_from_query('select * from ' ~ existing) -%}
        {%- do found.append(column.name | lower ~ ' ' ~ column.dtype | lower) -%}
    {%- endfor -%}
    {%- set declared = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do declared.append(column.name | lower ~ ' ' ~ column.data_type | lower) -%}
    {%- endfor -%}
    {{ return(found | sort != declared | sort) }}
{%- endmacro %}


{% macro terms_changed() -%}
    {#-
        Did a company list that the model names (meta.touched.rebuild_on) come in a batch not yet
        built? Its rows hold for dates of their own, which no event date in raw.touched tells.
    -#}
    {%- set lists = (model.config.get('meta', {}).get('touched') or {}).get('rebuild_on', []) -%}
    {%- if not lists -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set query -%}
        select count(*)
        from ledger.file as file
        inner join ledger.batch as batch on file.batch_id = batch.batch_id
        where
            batch.built_at is null
            and file.system = 'company'
            and file.feed in ('{{ lists | join("', '") }}')
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0] > 0) }}
{%- endmacro %}


{% macro followed_rebuilt() -%}
    {#-
        Was a model that this one follows built whole, so that no date tells what changed? What was
        rewritten by dates left a row in ledger.rewritten, one without a date where there was none.
    -#}
    {%- set followed = (model.config.get('meta', {}).get('touched') or {}).get('follows', {}) -%}
    {%- if not followed -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set query -%}
        select count(distinct below.model)
        from ledger.rewritten as below
        inner join ledger.batch as batch on below.batch_id = batch.batch_id
        where batch.built_at is null and below.model in ('{{ followed | join("', '") }}')
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0] < followed | length) }}
{%- endmacro %}
