{#
    The `touched` incremental strategy: rewrite exactly the business dates that landed data touched.

    A model says in its config which of its date columns is the key (or an expression over its
    columns) and how its inputs reach it. Every input is named in one of these ways:

    feeds         canonical feeds, each with the days before and after a touched UTC date that its
                  rows can fall on: 'feeds': {'contacts': [0, 0], 'contact_legs': [-1, 0]}
    follows       models of this strategy, with days in the same way around what they rewrote
    through       rows of a feed to which touched rows of another belong (touched_through)
    also          a macro whose query finds further dates (late_parts.sql)
    linked_to     rows of other models that rows here name by a key (touched_by_link)
    differs_from  a small model that is built whole: its dates that are not as before
    unsettled     a condition on the table's own rows: time alone changes them
    as_of_employment  true for rows that carry HR attributes as of their date, or which of them
                  (employment_drift)
    rebuild_on    small models that hold for dates of their own (terms, maps, calendars): when
                  their rows are not as before, this table is rebuilt

    and how it is written:

    by            week or month: whole ones are rewritten, by their first day
    onward        true: every date from the first touched one on, for running sums
    only_changed  true: of the touched dates those whose rows come out otherwise. For models that
                  are touched on many more dates than change: what follows them reads less

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
    {{ date_literals(touched_date_list(before, after)) }}
{%- endmacro %}


{% macro date_literals(dates) -%}
    {%- if dates | length == 0 -%}
        (cast(null as date))
    {%- else -%}
        (
            {%- for one in dates -%}
                date '{{ one }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}


{% macro touched_date_list(before=0, after=0) -%}
    {#- Asked once per model while dbt compiles it, and once more while it is built. -#}
    {%- set kept = model.setdefault('headset_touched_dates', {}) -%}
    {%- if 'base' not in kept -%}
        {%- do kept.update({'base': find_touched_dates()}) -%}
    {%- endif -%}
    {%- set width = before ~ ' ' ~ after -%}
    {%- if width not in kept -%}
        {%- set dates = [] -%}
        {%- for offset in range(-1 * before, after + 1) -%}
            {%- for one in kept['base'] -%}
                {%- do dates.append(one + modules.datetime.timedelta(days=offset)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do kept.update({width: dates | unique | sort}) -%}
    {%- endif -%}
    {{ return(kept[width]) }}
{%- endmacro %}


{% macro find_touched_dates() -%}
    {%- set spec = config.get('meta', {}).get('touched') -%}
    {%- if not spec -%}
        {{ exceptions.raise_compiler_error(model.name ~ ": config meta.touched is missing") }}
    {%- endif -%}
    {%- set parts = [] -%}
    {%- if spec.get('feeds') -%}
        {%- do parts.append(touched_by_feeds(spec.feeds)) -%}
    {%- endif -%}
    {%- if spec.get('through') -%}
        {%- do parts.append(touched_through(spec.through)) -%}
    {%- endif -%}
    {%- if is_incremental() -%}
        {%- if spec.get('also') -%}
            {%- do parts.append('select touched_date from (' ~ context[spec.also]() ~ ') as found') -%}
        {%- endif -%}
        {%- for followed, days in spec.get('follows', {}).items() -%}
            {%- do parts.append(touched_by(followed, days, spec.get('by'))) -%}
        {%- endfor -%}
        {%- if spec.get('linked_to') -%}
            {%- do parts.append(touched_by_link(spec.column, spec.linked_to)) -%}
        {%- endif -%}
        {%- if spec.get('differs_from') -%}
            {%- do parts.append(touched_by_difference(spec.column, spec.differs_from)) -%}
        {%- endif -%}
        {%- if spec.get('unsettled') -%}
            {%- do parts.append('select distinct ' ~ spec.column ~ ' as touched_date from ' ~ this
                ~ ' where ' ~ spec.unsettled) -%}
        {%- endif -%}
        {%- if spec.get('as_of_employment') -%}
            {%- do parts.append(employment_drift(spec.column, none if spec.as_of_employment is true else spec.as_of_employment)) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if not parts -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found = run_query('select distinct touched_date from (' ~ parts | join('\nunion all\n')
        ~ '\n) as touched where touched_date is not null order by 1').columns[0].values() | list -%}
    {%- if carried_before() -%}
        {%- set found = found | select('ge', carried_before()) | list -%}
    {%- endif -%}
    {%- if spec.get('onward') and found and is_incremental() -%}
        {{ return(onward_from(found, spec.column, spec.get('by'))) }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{% macro touched_by_feeds(feeds) -%}
    {%- set spans = [] -%}
    {%- for feed, days in feeds.items() -%}
        {%- for offset in range(days[0], days[1] + 1) -%}
            {%- do spans.append("('" ~ feed ~ "', " ~ offset ~ ")") -%}
        {%- endfor -%}
    {%- endfor %}
    select distinct
        cast({{ add_days('touched.event_date', 'span.days') }} as date) as touched_date
    from raw.touched as touched
    inner join ledger.batch as batch on touched.batch_id = batch.batch_id
    inner join (values {{ spans | join(', ') }}) as span (feed, days)
        on touched.feed = span.feed
    where batch.built_at is null
{%- endmacro %}


{% macro touched_through(through) -%}
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
    cross join {{ offsets(days[0], days[1]) }}
{%- endmacro %}


{% macro touched_by(followed, days, by) -%}
    {#- Dates that a model below has rewritten in this build, with the days around them. -#}
    {%- set day = add_days('below.rewritten_date', 'later.days') %}
    select distinct
        {{ "cast(date_trunc('" ~ by ~ "', " ~ day ~ ") as date)" if by else 'cast(' ~ day ~ ' as date)' }}
            as touched_date
    from ledger.rewritten as below
    inner join ledger.batch as batch on below.batch_id = batch.batch_id
    cross join {{ offsets(days[0], days[1]) }}
    where batch.built_at is null and below.model = '{{ followed }}' and below.rewritten_date is not null
{%- endmacro %}


{% macro touched_by_link(column, link) -%}
    {#-
        Dates of rows here that name a row of another model, by a key, where that row is on a date
        rewritten in this build, or was when it was last looked up (`date`; a day to each side).

            'linked_to': {'models': ['fct_contact'], 'key': 'contact_id', 'date': 'contact_date'}
    -#}
    {%- for linked in link.models %}
    {%- set rewritten = '(' ~ touched_by(linked, [-1, 1], none) ~ ')' %}
    select distinct kept.{{ column }} as touched_date
    from {{ this }} as kept
    where
        kept.{{ link.date }} in {{ rewritten }}
        or kept.{{ link.key }} in (
            select now_.{{ link.key }}
            from {{ ref(linked) }} as now_
            where now_.event_date in {{ rewritten }}
        )
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro onward_from(dates, column, by) -%}
    {#- Every date from the first of these, or the first that is not here yet, to the last. -#}
    {%- set own = run_query('select max(' ~ column ~ ') from ' ~ this).columns[0].values()[0] -%}
    {%- set one_day = modules.datetime.timedelta(days=1) -%}
    {%- set edges = dates + ([own + one_day] if own else []) -%}
    {%- set last = ((dates + [own]) if own else dates) | max -%}
    {%- set first = edges | min -%}
    {%- set all_dates = [] -%}
    {%- for n in range((last - first).days + 1) -%}
        {%- set day = first + modules.datetime.timedelta(days=n) -%}
        {%- do all_dates.append(
            day.replace(day=1) if by == 'month'
            else day - modules.datetime.timedelta(days=day.weekday()) if by == 'week'
            else day
        ) -%}
    {%- endfor -%}
    {{ return(all_dates | unique | list) }}
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
    {%- set dates = arg_dict.get('dates', touched_date_list()) %}
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
    {{ touch_other_dates(config.get('meta', {}).get('touches'), arg_dict, spec.column) }}

    delete from {{ arg_dict['target_relation'] }}
    where {{ spec.column }} in {{ date_literals(dates) }};

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
    {%- if 'dates' in arg_dict %}
    where {{ spec.column }} in {{ date_literals(dates) }}
    {%- endif %};
    {%- endif %}
{%- endmacro %}


{% macro changed_dates(fresh, columns) -%}
    {#- Of the touched dates those whose rows come out otherwise than they stand (`only_changed`). -#}
    {%- set column = config.get('meta').touched.column -%}
    {%- set sides = {} -%}
    {%- for side, relation in [('now_', fresh), ('before', this)] -%}
        {%- do sides.update({side: 'select ' ~ column ~ ' as day, ' ~ rows_fingerprint(columns | map(attribute='name') | list)
            ~ ' as rows_are from ' ~ relation
            ~ (' where ' ~ column ~ ' in ' ~ touched_dates() if side == 'before' else '')
            ~ ' group by ' ~ column}) -%}
    {%- endfor -%}
    {%- set query %}
        select coalesce(now_.day, before.day) as changed_date
        from ({{ sides.now_ }}) as now_
        full outer join ({{ sides.before }}) as before on now_.day = before.day
        where now_.rows_are is distinct from before.rows_are
        order by 1
    {%- endset -%}
    {%- set changed = run_query(query).columns[0].values() | list -%}
    {%- set strange = changed | reject('in', touched_date_list()) | list -%}
    {%- if strange -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": rows of " ~ strange | join(', ') ~ " were selected, and those dates are"
            ~ " not touched: they would be lost"
        ) }}
    {%- endif -%}
    {{ return(changed) }}
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
        from raw. Appending a column would leave history null in a table people sum. And a table is
        rebuilt when an input for which no date tells what changed has other rows than before.
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
    {%- if input_rows_changed() or followed_rebuilt() -%}
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
    {#- A table between layers may leave its columns to its query; its definition rebuilds it. -#}
    {{ return(declared and found | sort != declared | sort) }}
{%- endmacro %}


{% macro input_fingerprints() -%}
    {#-
        What the rows of each model in meta.touched.rebuild_on amount to. For small inputs that hold
        for dates of their own, which no event date in raw.touched tells: terms, maps, calendars.
    -#}
    {%- set inputs = (model.config.get('meta', {}).get('touched') or {}).get('rebuild_on', []) -%}
    {%- if not inputs or not execute -%}
        {{ return({}) }}
    {%- endif -%}
    {%- if 'headset_fingerprints' not in model -%}
        {%- set query -%}
            {%- for input in inputs %}
            {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ input] %}
            select '{{ input }}' as input_name, {{ rows_fingerprint(['input_']) }} as rows_are
            from {{ node.relation_name }} as input_
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        {%- endset -%}
        {%- set found = {} -%}
        {%- for row in run_query(query).rows -%}
            {%- do found.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- do model.update({'headset_fingerprints': found}) -%}
    {%- endif -%}
    {{ return(model['headset_fingerprints']) }}
{%- endmacro %}


{% macro input_rows_changed() -%}
    {%- set now = input_fingerprints() -%}
    {%- if not now -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set kept = {} -%}
    {%- set query -%}
        select input_name, rows_are from ledger.built_from where model = '{{ model.name }}'
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- do kept.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(now != kept) }}
{%- endmacro %}


{% macro keep_input_fingerprints() -%}
    {#- In the transaction that puts the rows in their place. -#}
    {%- set now = input_fingerprints() -%}
    {%- if now %}
    delete from ledger.built_from where model = '{{ model.name }}';
    insert into ledger.built_from (model, input_name, rows_are)
    values
    {%- for input, rows_are in now.items() %}
    ('{{ model.name }}', '{{ input }}', '{{ rows_are }}'){{ ',' if not loop.last }}
    {%- endfor %};
    {%- endif %}
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
