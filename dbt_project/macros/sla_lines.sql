{#
    The select of a statement's lines, one kind after the other, over the CTEs of int_sla_lines. It
    is a macro because a hundred lines of `union all` would hide the rules above them.
#}

{% macro statement_line(source, kind, line_id, amount, clause=false, more={}) -%}
    select
        {{ source }}.contract_id,
        {{ source }}.month_start_date as statement_month,
        {{ line_id }} as line_id,
        '{{ kind }}' as line_kind,
        {{ source ~ '.clause_id' if clause else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as clause_id,
        {{ source ~ '.clause_valid_from' if clause else 'cast(null as date)' }} as clause_valid_from,
        {%- for name, type in {
            'metric': dbt.type_string(), 'numerator': 'decimal(18, 6)', 'denominator': 'decimal(18, 6)',
            'outage_n': 'decimal(18, 6)', 'holiday_n': 'decimal(18, 6)',
            'volume_above_band_n': 'decimal(18, 6)', 'too_few_n': 'decimal(18, 6)',
            'required_value': 'decimal(18, 6)',
            'stated_value': 'double', 'is_attained': 'boolean', 'points': 'decimal(18, 6)',
            'base_amount': 'decimal(18, 2)'
        }.items() %}
        cast({{ more.get(name, 'null') }} as {{ type }}) as {{ name }},
        {%- endfor %}
        cast({{ amount }} as decimal(18, 2)) as amount
    from {{ source }}
{%- endmacro %}


{% macro statement_lines() -%}
    {%- set version = "clauses.clause_id || '@' || cast(clauses.clause_valid_from as " ~ dbt.type_string() ~ ")" -%}
    {{ statement_line('fees', 'fee', "'fee.fixed'", money('fees.fixed_fee')) }}
    union all
    {{ statement_line(
        'fees', 'fee', "'fee.contacts'", money('fees.contact_fee'),
        more={'denominator': 'fees.contacts_n'}
    ) }}
    union all
    {{ statement_line(
        'fees', 'fee', "'fee.hours'", money('fees.hour_fee'),
        more={'denominator': 'fees.handle_s'}
    ) }}
    union all
    {{ statement_line(
        'clauses', 'clause', "'clause.' || " ~ version, '-1 * clauses.credit_amount', true, {
            'metric': 'clauses.metric', 'numerator': 'clauses.numerator',
            'denominator': 'clauses.denominator', 'outage_n': 'clauses.outage_n',
            'holiday_n': 'clauses.holiday_n', 'volume_above_band_n': 'clauses.volume_above_band_n',
            'too_few_n': 'clauses.too_few_n',
            'required_value': 'clauses.required_value', 'stated_value': 'clauses.stated_value',
            'is_attained': 'clauses.is_attained', 'points': 'clauses.points',
            'base_amount': 'clauses.base_amount'
        }
    ) }}
    union all
    {{ statement_line(
        'clauses', 'bonus', "'bonus.' || " ~ version, 'clauses.bonus_amount', true, {
            'stated_value': 'clauses.stated_value', 'base_amount': 'clauses.base_amount'
        }
    ) }}
    where clauses.bonus_amount is null or clauses.bonus_amount <> 0
    union all
    {{ statement_line(
        'credited', 'points', "'points'", '-1 * credited.points_amount', more={
            'points': 'credited.points', 'required_value': 'credited.points_rate',
            'base_amount': money('credited.base_fee')
        }
    ) }}
    where credited.has_points
    union all
    {{ statement_line(
        'credited', 'cap', "'cap'",
        'case when credited.is_known then '
        ~ 'credited.credit_amount + credited.points_amount - credited.cap_amount end',
        more={'required_value': 'credited.credit_cap_rate', 'base_amount': 'credited.cap_amount'}
    ) }}
    where
        credited.credit_cap_rate is not null
        and (
            not credited.is_known
            or credited.points_amount is null
            or credited.cap_amount is null
            or credited.credit_amount + credited.points_amount > credited.cap_amount
        )
    union all
    {{ statement_line(
        'earned_back', 'earn_back',
        "'earn_back.' || earned_back.clause_id || '.' || cast(earned_back.missed_month as "
        ~ dbt.type_string() ~ ")",
        'earned_back.amount'
    ) }}
{%- endmacro %}


{% macro lines_of_statement() -%}
    {#- Months not issued as computed, corrections among them; issued months as they were issued. -#}
    {%- set described = [
        'clause_id', 'clause_valid_from', 'metric', 'outage_n', 'holiday_n', 'volume_above_band_n',
        'too_few_n', 'required_value', 'base_amount'
    ] -%}
    select
        computed.contract_id,
        month.client_id,
        computed.statement_month,
        computed.line_id,
        computed.line_kind,
        {% for name in described -%}
        computed.{{ name }},
        {% endfor -%}
        {{ metric_version('computed.metric') }} as definition_version,
        computed.numerator,
        computed.denominator,
        computed.stated_value,
        computed.is_attained,
        computed.points,
        computed.amount,
        month.currency,
        cast(null as decimal(18, 2)) as amount_group,
        month.is_closed_month,
        cast(null as timestamp) as issued_at_utc
    from computed
    inner join months as month
        on
            computed.contract_id = month.contract_id
            and computed.statement_month = month.statement_month
    left join issued_months as issue
        on
            computed.contract_id = issue.contract_id
            and computed.statement_month = issue.statement_month
    where issue.contract_id is null

    union all

    select
        correction.contract_id,
        month.client_id,
        correction.statement_month,
        correction.line_id,
        'correction' as line_kind,
        {% for name in described -%}
        null as {{ name }},
        {% endfor -%}
        null as definition_version,
        null as numerator,
        null as denominator,
        null as stated_value,
        null as is_attained,
        null as points,
        correction.amount,
        month.currency,
        null as amount_group,
        month.is_closed_month,
        null as issued_at_utc
    from corrections as correction
    inner join months as month
        on
            correction.contract_id = month.contract_id
            and correction.statement_month = month.statement_month

    union all

    select
        issued.contract_id,
        issued.client_id,
        issued.statement_month,
        issued.line_id,
        issued.line_kind,
        {% for name in described -%}
        issued.{{ name }},
        {% endfor -%}
        issued.definition_version,
        issued.numerator,
        issued.denominator,
        cast(issued.stated_value as double) as stated_value,
        issued.is_attained,
        issued.points,
        issued.amount,
        issued.currency,
        issued.amount_group,
        true as is_closed_month,
        issued.issued_at_utc
    from issued
{%- endmacro %}


{% macro metric_version(metric_column) -%}
    {#- Version of the governed definition that a computed value rests on. -#}
    cast(case {{ metric_column }}
        {%- for id, contract in metric_contracts() %}
        when '{{ id }}' then {{ contract.version }}
        {%- endfor %}
        when 'none' then 0
    end as integer)
{%- endmacro %}
