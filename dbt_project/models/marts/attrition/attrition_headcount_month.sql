{%- set dims = ['site_id', 'client_id', 'line_of_business', 'leader_id', 'role', 'tenure_band'] %}
{%- set classes = [
    'voluntary', 'involuntary', 'client_ramp_down', 'internal', 'retirement', 'death', 'unmapped'
] %}

with moves as (
    select
        month.*,
        {% for way in ['in', 'out'] -%}
        (
            {%- for dim in dims %}
            {{ 'or ' if not loop.first }}month.is_moved_{{ way }}_{{ dim }}
            {%- endfor %}
        ) as is_moved_{{ way }},
        {% endfor -%}
        case when month.is_exit then coalesce(event.termination_class, 'unmapped') end
            as termination_class,
        event.is_regretted
    from {{ ref('int_employment_month') }} as month
    left join {{ ref('int_employment_events') }} as event
        on
            case
                when month.is_exit and month.is_leaving_recorded then month.termination_event_id
            end
            = event.employment_event_id
)

select
    known_as,
    month_start_date,
    {% for dim in dims -%}
    {{ dim }},
    {% endfor -%}
    max(last_date) as last_date,
    min(case when is_complete then 1 else 0 end) = 1 as is_complete,
    {{ count_if('is_opening') }} as opening_n,
    {{ count_if("is_entry and entry_kind = 'hire'") }} as hires_n,
    {{ count_if("is_entry and entry_kind = 'rehire'") }} as rehires_n,
    {{ count_if("is_entry and entry_kind = 'unrecorded'") }} as unrecorded_hires_n,
    {{ count_if('is_moved_in') }} as moved_in_n,
    {{ count_if('is_exit') }} as leavers_n,
    {{ count_if('is_moved_out') }} as moved_out_n,
    {{ count_if('is_closing') }} as closing_n,
    {{ count_if('is_closing and fte is not null') }} as closing_fte_known_n,
    cast(coalesce(sum(case when is_closing then fte end), 0) as decimal(18, 2)) as closing_fte,
    {% for class in classes -%}
    {{ count_if("termination_class = '" ~ class ~ "'") }} as leavers_{{ class }}_n,
    {% endfor -%}
    {{ count_if('is_exit and is_regretted') }} as leavers_regretted_n,
    {{ count_if('is_exit and left_hired_days <= 30') }} as leavers_within_30_days_n,
    {{ count_if('is_exit and left_hired_days <= 90') }} as leavers_within_90_days_n,
    {{ sum_s('case when is_exit then left_tenure_days end') }} as tenure_days_lost,
    {% for dim in dims -%}
    {{ count_if('is_moved_in_' ~ dim) }} as {{ dim | replace('_id', '') }}_moved_in_n,
    {{ count_if('is_moved_out_' ~ dim) }} as {{ dim | replace('_id', '') }}_moved_out_n,
    {% endfor -%}
    {{ sum_s('employed_days') }} as employed_days,
    cast(
        sum(
            case when is_opening then 0.5 else 0 end + case when is_closing then 0.5 else 0 end
        ) as decimal(18, 1)
    ) as average_headcount
from moves
group by known_as, month_start_date, {{ dims | join(', ') }}
