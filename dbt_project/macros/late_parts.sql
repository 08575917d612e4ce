{#
    A part of a contact may come days after the rest: a callback with a delay, a transfer three days
    later, a contact's file after its legs. Rows of a contact are built together, so what arrives
    touches the dates of all of it (docs/decisions/late-parts.md). Nothing here looks behind the dates
    that arrived unless something of another date did.
#}

{% macro open_files() -%}
    select file.file_id
    from ledger.file as file
    inner join ledger.batch as batch on file.batch_id = batch.batch_id
    where batch.built_at is null
{%- endmacro %}


{% macro open_dates(feed) -%}
    select touched.event_date
    from raw.touched as touched
    inner join ledger.batch as batch on touched.batch_id = batch.batch_id
    where batch.built_at is null and touched.feed = '{{ feed }}'
{%- endmacro %}


{% macro dates_of_late_connect_records() -%}
    {#-
        Dates of chains that a new record belongs to and that the touched dates do not reach: those
        of a later part whose first record is older, and of parts that came before their first one.
    -#}
    with near as (
        select
            contact_id,
            initial_contact_id,
            file_id
        from {{ ref('int_connect__records') }}
        where event_date in ({{ open_dates('contacts') }})
    ),

    arrived as (
        select
            near.contact_id,
            near.initial_contact_id
        from near
        inner join ({{ open_files() }}) as file on near.file_id = file.file_id
    ),

    late as (
        select arrived.initial_contact_id
        from arrived
        left join near on arrived.initial_contact_id = near.contact_id
        where near.contact_id is null
        union
        select headless.initial_contact_id
        from {{ this }} as headless
        inner join arrived on headless.initial_contact_id = arrived.contact_id
        where headless.is_headless
    )

    select distinct known.contact_date as touched_date
    from {{ this }} as known
    inner join late on known.initial_contact_id = late.initial_contact_id
{%- endmacro %}


{% macro dates_of_late_legs() -%}
    {#- Of legs without a contact that has come now, and of those whose contact may have moved. -#}
    select late.event_date as touched_date
    from {{ this }} as late
    left join {{ ref('feed_contacts') }} as contact
        on
            late.source_system = contact.source_system
            and late.contact_id = contact.contact_id
            and contact.event_date in ({{ open_dates('contacts') }})
    where
        late.contact_date in ({{ open_dates('contacts') }})
        or (late.contact_date is null and contact.contact_id is not null)
{%- endmacro %}


{% macro or_further_parts(part_date, column='event_date') -%}
    {#- In a model that reads itself: the dates of all parts of what is rewritten. -#}
    {%- if model.resource_type == 'model' and is_incremental() -%}
        {%- set query -%}
            select distinct {{ part_date }}
            from {{ this }}
            where
                {{ config.get('meta').touched.column }} in {{ touched_dates() }}
                and {{ part_date }} not in {{ touched_dates(1, 1) }}
            order by 1
        {%- endset -%}
        {%- set dates = run_query(query).columns[0].values() -%}
        {%- if dates -%}
            or {{ column }} in (
                {%- for day in dates -%}date '{{ day }}'{{ ', ' if not loop.last }}{%- endfor -%}
            )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro and_not_of_other_dates(key, part_date) -%}
    {#- What is read here and belongs to a date that is not rewritten stays there. -#}
    {%- if model.resource_type == 'model' and is_incremental() -%}
        {%- set column = config.get('meta').touched.column -%}
        and {{ key }} not in (
            select known.{{ key }}
            from {{ this }} as known
            where known.{{ part_date }} in {{ touched_dates(1, 1) }}
            and known.{{ column }} not in {{ touched_dates() }}
        )
    {%- endif -%}
{%- endmacro %}


{% macro touch_other_dates(touches, arg_dict, column) -%}
    {#-
        Dates that a model's own rows reach: those of whole contacts that it rewrites, and of their
        late legs, so that every model behind it builds them too. Before rows go, and with the new.
    -#}
    {%- if touches %}
    {%- set dates = touched_dates() %}
    {%- set late = add_days('part.' ~ touches.contacts, var('contact_span_days')) %}
    insert into raw.touched (feed, system, event_date, batch_id)
    select distinct
        reached.feed,
        '{{ touches.system }}',
        reached.event_date,
        (select max(batch.batch_id) from ledger.batch as batch where batch.built_at is null)
    from (
        {%- for rows in [arg_dict['target_relation'], arg_dict['temp_relation']] %}
        select
            'contacts' as feed,
            part.{{ touches.contacts }} as event_date
        from {{ rows }} as part
        where part.{{ column }} in {{ dates }}
        union
        select
            'contact_legs' as feed,
            part.{{ touches.contact_legs }} as event_date
        from {{ rows }} as part
        where part.{{ column }} in {{ dates }} and part.{{ touches.contact_legs }} > {{ late }}
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ) as reached
    where
        reached.event_date is not null
        and not exists (
            select 1
            from raw.touched as touched
            inner join ledger.batch as batch on touched.batch_id = batch.batch_id
            where
                batch.built_at is null
                and touched.feed = reached.feed
                and touched.event_date = reached.event_date
        );
    {%- endif %}
{%- endmacro %}
