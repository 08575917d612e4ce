-- Stretches in which a person had taken no annual leave for strain_days_without_leave days.
with rests as (
    select
        agent_id,
        service_date as rest_date
    from {{ ref('dim_employment') }}
    union
    select
        agent_id,
        site_date as rest_date
    from {{ ref('fct_absence') }}
    where absence_class = 'annual_leave'
),

-- Who took leave before absences were kept is not known.
history as (
    select min(site_date) as kept_from from {{ ref('fct_absence') }}
),

stretches as (
    select
        rest.agent_id,
        cast({{ add_days(
            'greatest(rest.rest_date, history.kept_from)', var('strain_days_without_leave')
        ) }} as date) as valid_from,
        lead(rest.rest_date) over (partition by rest.agent_id order by rest.rest_date) as valid_to
    from rests as rest
    cross join history
)

select *
from stretches
where valid_to is null or valid_to > valid_from
