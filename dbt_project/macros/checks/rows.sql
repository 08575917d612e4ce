{#
    Checks on the rows of one model. Each returns the rows that break the rule. `carry` names
    columns to return besides: checks whose radius is a client carry client_id, so that the audit
    can hold back that client alone.
#}

{% test grain(model, columns, carry=[]) %}
    select
        {{ columns | join(', ') }},
        {%- for column in carry if column not in columns %}
        min({{ column }}) as {{ column }},
        {%- endfor %}
        count(*) as rows_n
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}


{% test empty(model) %}
    {#- Every row of the model is a finding. -#}
    select *
    from {{ model }}
{% endtest %}


{% test rule(model, expression, columns) %}
    {#- `columns`: what of a failing row a person needs to see. -#}
    select {{ columns | join(', ') }}
    from {{ model }}
    where not coalesce({{ expression }}, false)
{% endtest %}


{% test no_negatives(model, measures, columns) %}
    select
        {{ columns | join(', ') }},
        {{ measures | join(', ') }}
    from {{ model }}
    where
        {%- for measure in measures %}
        {{ measure }} < 0{{ ' or' if not loop.last }}
        {%- endfor %}
{% endtest %}


{% test known_values(model, column_name, values, carry=[]) %}
    select
        {{ column_name }},
        {%- for column in carry %}
        {{ column }},
        {%- endfor %}
        count(*) as rows_n
    from {{ model }}
    where {{ column_name }} is null or {{ column_name }} not in ('{{ values | join("', '") }}')
    group by {{ ([column_name] + carry) | join(', ') }}
{% endtest %}


{% test refers_to(model, column_name, to, field, carry=[]) %}
    {#- Every value but null has its row in `to`. Anti-join: an empty `to` fails, not passes. -#}
    select
        child.{{ column_name }},
        {%- for column in carry %}
        child.{{ column }},
        {%- endfor %}
        count(*) as rows_n
    from {{ model }} as child
    left join {{ to }} as parent on child.{{ column_name }} = parent.{{ field }}
    where child.{{ column_name }} is not null and parent.{{ field }} is null
    group by
        child.{{ column_name }}
        {%- for column in carry %}, child.{{ column }}{% endfor %}
{% endtest %}


{% test share_at_most(model, condition, share, at_least_rows=100, by=['client_id']) %}
    {#- Groups of which more than `share` meets the condition; small groups prove nothing. -#}
    select
        {{ by | join(', ') }},
        count(*) as rows_n,
        sum(case when {{ condition }} then 1 else 0 end) as matching_n
    from {{ model }}
    group by {{ by | join(', ') }}
    having
        count(*) >= {{ at_least_rows }}
        and sum(case when {{ condition }} then 1 else 0 end) > {{ share }} * count(*)
{% endtest %}
