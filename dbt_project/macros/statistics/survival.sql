{#
    Survival of groups of people, some of whom were first seen after they had begun (delayed entry)
    and some of whom are still there (censored). Nobody is dropped: whoever entered counts among
    those at risk from the day after the entry to the day of the exit.
#}

{% macro risk_sets(persons, groups) -%}
    {#-
        CTEs to `risk_sets`: one row per group and day with exits; write them behind `with ..., `.
        `persons` has the columns of `groups`, entry_day, exit_day (> entry_day) and is_event.
        at_risk_n: entry_day < day <= exit_day.
    -#}
    {%- set of_group = groups | join(', ') -%}
    risk_steps as (
        select
            {{ of_group }},
            entry_day as day_n,
            1 as entered_n,
            0 as event_n,
            0 as censored_n
        from {{ persons }}
        union all
        select
            {{ of_group }},
            exit_day as day_n,
            0 as entered_n,
            case when is_event then 1 else 0 end as event_n,
            case when is_event then 0 else 1 end as censored_n
        from {{ persons }}
    ),

    risk_days as (
        select
            {{ of_group }},
            day_n,
            sum(entered_n) as entered_n,
            sum(event_n) as event_n,
            sum(censored_n) as censored_n
        from risk_steps
        group by {{ of_group }}, day_n
    ),

    risk_sets as (
        select
            *,
            coalesce(sum(entered_n - event_n - censored_n) over (
                partition by {{ of_group }}
                order by day_n
                rows between unbounded preceding and 1 preceding
            ), 0) as at_risk_n
        from risk_days
    )
{%- endmacro %}


{% macro kaplan_meier(groups) -%}
    {#-
        CTEs from `risk_sets` to `survival`: one row per group and day on which somebody left.
        Kaplan and Meier 1958, JASA 53:457-481; variance of Greenwood; 95 % interval on the
        log(-log) scale (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data),
        which stays between 0 and 1. Null bounds where survival is 0: nothing is left to vary.
    -#}
    {%- set of_group = groups | join(', ') -%}
    survival_steps as (
        select
            {{ of_group }},
            day_n,
            at_risk_n,
            event_n,
            case when event_n < at_risk_n then ln(1e0 - cast(event_n as double) / at_risk_n) end
                as log_kept,
            case
                when event_n < at_risk_n
                    then cast(event_n as double) / (cast(at_risk_n as double) * (at_risk_n - event_n))
            end as spread,
            case when event_n >= at_risk_n then 1 else 0 end as is_last
        from risk_sets
        where event_n > 0
    ),

    survival_sums as (
        select
            *,
            sum(log_kept) over so_far as log_survival,
            sum(spread) over so_far as greenwood,
            max(is_last) over so_far as is_over,
            min(at_risk_n) over so_far as least_at_risk_n
        from survival_steps
        window so_far as (
            partition by {{ of_group }}
            order by day_n
            rows between unbounded preceding and current row
        )
    ),

    survival as (
        select
            {{ of_group }},
            day_n,
            at_risk_n,
            event_n,
            least_at_risk_n,
            case when is_over = 1 then 0e0 else exp(log_survival) end as survival_rate,
            case when is_over = 0 then greenwood end as greenwood,
            {% for sign, name in [('+', 'survival_low'), ('-', 'survival_high')] -%}
            case
                when is_over = 0
                    then exp(-1e0 * exp(
                        ln(-1e0 * log_survival)
                        {{ sign }} {{ z_95() }} * sqrt(greenwood) / (-1e0 * log_survival)
                    ))
            end as {{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from survival_sums
    )
{%- endmacro %}
