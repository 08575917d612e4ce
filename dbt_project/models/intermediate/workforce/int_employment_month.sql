{%- set dims = ['site_id', 'client_id', 'line_of_business', 'leader_id', 'role', 'tenure_band'] %}
{%- set order = "partition by known_as, month_start_date, agent_id order by valid_from, valid_to" %}

with history as (
    select min(history_from) as history_from
    from {{ ref('int_staff_seen') }}
),

months as (
    select
        day.month_start_date,
        least(max(day.date_day), max(as_of.as_of_date)) as last_date,
        max(day.date_day) <= max(as_of.as_of_date) as is_complete,
        cast({{ add_days('max(day.date_day)', 1 + var('attrition_close_days')) }} as timestamp)
            as closed_at
    from {{ ref('dim_date') }} as day
    cross join {{ ref('int_as_of') }} as as_of
    cross join history
    where day.month_start_date >= history.history_from and day.month_start_date <= as_of.as_of_date
    group by day.month_start_date
),

known as (
    select
        month.*,
        view_.known_as,
        -- The last instant counts as "now": what is known now is known until then.
        case
            when view_.known_as = 'as_is' then timestamp '9999-12-30 00:00:00'
            else month.closed_at
        end as known_at
    from months as month
    cross join (values ('as_is'), ('as_was')) as view_ (known_as)
),

pieces as (
    select
        known.known_as,
        known.month_start_date,
        known.last_date,
        known.is_complete,
        piece.*
    from known
    inner join {{ ref('int_employment_pieces') }} as piece
        on
            known.last_date >= piece.valid_from
            and known.month_start_date <= piece.valid_to
            and known.known_at >= piece.known_from
            and known.known_at < piece.known_to
),

neighbours as (
    select
        *,
        coalesce(
            lag(valid_to) over ({{ order }}) = valid_from
            and lag(spell_key) over ({{ order }}) = spell_key, false
        ) as follows,
        coalesce(
            lead(valid_from) over ({{ order }}) = valid_to
            and lead(spell_key) over ({{ order }}) = spell_key, false
        ) as is_followed,
        {% for dim in dims -%}
        lag({{ dim }}) over ({{ order }}) as previous_{{ dim }},
        lead({{ dim }}) over ({{ order }}) as next_{{ dim }},
        {% endfor -%}
        valid_to as ended_date
    from pieces
)

select
    known_as,
    month_start_date,
    last_date,
    is_complete,
    agent_id,
    {% for dim in dims -%}
    {{ dim }},
    {% endfor -%}
    hire_kind,
    served_from,
    ended_date,
    termination_event_id,
    fte,
    case
        when hired_date is null or hired_date <> valid_from then 'unrecorded'
        else hire_kind
    end as entry_kind,
    left_date = valid_to as is_leaving_recorded,
    valid_from < month_start_date as is_opening,
    valid_to > last_date as is_closing,
    valid_from >= month_start_date and not follows as is_entry,
    valid_to <= last_date and not is_followed as is_exit,
    {% for dim in dims -%}
    valid_from >= month_start_date and follows and previous_{{ dim }} <> {{ dim }}
        as is_moved_in_{{ dim }},
    valid_to <= last_date and is_followed and next_{{ dim }} <> {{ dim }} as is_moved_out_{{ dim }},
    {% endfor -%}
    cast({{ dbt.datediff('served_from', 'valid_to', 'day') }} as integer) as left_tenure_days,
    cast(
        {{ dbt.datediff('coalesce(hired_date, served_from)', 'valid_to', 'day') }} as integer
    ) as left_hired_days,
    cast(
        {{ dbt.datediff(
            'greatest(valid_from, month_start_date)',
            'least(valid_to, ' ~ add_days('last_date', 1) ~ ')', 'day'
        ) }} as integer
    ) as employed_days
from neighbours
