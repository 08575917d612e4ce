{# What load is made of: points of one occurrence of each part. #}

{% macro strain_points() -%}
    {{ return({
        'hours_above_85': 0.2, 'hours_above_90': 0.2, 'breaks_skipped_n': 1, 'short_rests_n': 2,
        'overtime_hours': 0.5, 'short_notice_moves_n': 1, 'days_beyond_six_in_a_row_n': 1,
        'hard_contact_runs_n': 1, 'weeks_long_without_leave_n': 1
    }) }}
{%- endmacro %}


{% macro strain_sum() -%}
    {% for part, weight in strain_points().items() -%}
    {{ weight }} * {{ part }}{{ ' + ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
