{# Rules that several conforming models share. #}

{% macro valid_on(map, day) -%}
    {#-
        The row of an effective-dated map that holds on a date: half-open [valid_from, valid_to).
        Comparisons only: an `or` costs DuckDB its hash join (131,284 legs: 3.6 s, not 0.1 s).
    -#}
    {{ map }}.valid_from <= {{ day }}
    and coalesce({{ map }}.valid_to, date '9999-12-31') > {{ day }}
{%- endmacro %}


{% macro local_on(instant, time_zone, zone_day) -%}
    {#-
        to_local by a row of int_zone_day, left joined on zone and UTC date: an addition where a
        zone's rules would be looked up for every row (DuckDB: 3 microseconds a row, most of what
        a state of an agent cost). Without such a row (the clock changes on that day, or the zone
        is no site's) it is looked up.
    -#}
    coalesce(
        {{ add_seconds(instant, zone_day ~ '.ahead_s') }}, {{ to_local(instant, time_zone) }}
    )
{%- endmacro %}


{% macro half_hour_of_day(local_at) -%}
    {#- 0 to 47, by the clock on the site's wall: 14:10 is 28, 14:30 is 29. -#}
    cast(
        extract(hour from {{ local_at }}) * 2
        + floor(extract(minute from {{ local_at }}) / 30) as integer
    )
{%- endmacro %}


{% macro half_hour_start(instant, local_at) -%}
    {#- UTC instant at which the local half hour began; right too for zones at 45 minutes. -#}
    {{ add_seconds(
        "date_trunc('second', " ~ instant ~ ")",
        "-1 * cast((extract(minute from " ~ local_at ~ ") % 30) * 60 + floor(extract(second from "
        ~ local_at ~ ")) as bigint)"
    ) }}
{%- endmacro %}


{% macro scoped_id(system, code, missing='none') -%}
    {#- Codes mean something only within their system. -#}
    {{ system }} || ':' || coalesce({{ code }}, '{{ missing }}')
{%- endmacro %}


{% macro shift_date(session, event_date, site_date) -%}
    {#-
        The date a shift belongs to, by the site's rule: 'start', the local date on which it began;
        'end', that on which it ended; 'calendar', the event's own. No session, or one that has run
        on for more than a day (a forgotten logout), and the event's own is all there is.
    -#}
    case
        {% for rule, day in [('start', 'session_date'), ('end', 'session_end_date')] -%}
        when
            {{ session }}.shift_date_rule = '{{ rule }}'
            and {{ session }}.{{ day }}
            between {{ add_days(event_date, -1 * var('shift_span_days')) }}
            and {{ add_days(event_date, var('shift_span_days')) }}
            then {{ session }}.{{ day }}
        {% endfor -%}
        else {{ site_date }}
    end
{%- endmacro %}


{% macro handle_s(leg) -%}
    {#- Talk, hold and after-contact work; parts the source does not measure count as nothing. -#}
    case
        when coalesce({{ leg }}.talk_s, {{ leg }}.hold_s, {{ leg }}.acw_s) is not null
            then
                coalesce({{ leg }}.talk_s, 0)
                + coalesce({{ leg }}.hold_s, 0)
                + coalesce({{ leg }}.acw_s, 0)
    end
{%- endmacro %}


{% macro answer_level(answer) -%}
    {#- What raters agree on or not: the answer as chosen, else the points; not applicable is one. -#}
    case
        when {{ answer }}.is_not_applicable then 'not applicable'
        else coalesce({{ answer }}.answer, cast({{ answer }}.points as {{ dbt.type_string() }}))
    end
{%- endmacro %}


{% macro activity_class(activity) -%}
    {#- Schedules and states compare by class: being on the queue is one, whatever a contact needs. -#}
    case
        when {{ activity }} in ('available', 'on_contact', 'acw') then 'on_queue'
        else {{ activity }}
    end
{%- endmacro %}


{% macro is_agreed(schedule, state) -%}
    {#- In the agreed activity. Whoever logs out for lunch is at lunch. -#}
    (
        ({{ schedule }}.class = {{ state }}.class and {{ schedule }}.class <> 'unmapped')
        or ({{ schedule }}.class = 'lunch' and {{ state }}.class = 'logged_out')
    )
{%- endmacro %}


{% macro overlap_s(one, other) -%}
    {#- Seconds that two half-open intervals share; they must meet. -#}
    {{ seconds_between(
        'greatest(' ~ one ~ '.started_at_utc, ' ~ other ~ '.started_at_utc)',
        'least(' ~ one ~ '.ended_at_utc, ' ~ other ~ '.ended_at_utc)'
    ) }}
{%- endmacro %}


{% macro was_staff(person, event) -%}
    {#- The row of int_zendesk__staff of who did it, as of the day of the event. -#}
    {{ event }}.site_id = {{ person }}.site_id
    and {{ event }}.author_id = {{ person }}.user_id
    and {{ event }}.event_date > {{ person }}.after_day
    and {{ event }}.event_date <= {{ person }}.last_day
{%- endmacro %}
