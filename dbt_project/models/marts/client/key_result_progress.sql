/*
    How far each key result had come by each day: the metric from the first day of its cycle to that
    day, and what the kind of the key result makes of it. Nobody types progress in. Small: rebuilt
    whole, so that every day of a cycle keeps its row.
*/
with results as (
    select
        result.*,
        objective.title as objective_title,
        objective.owner,
        case result.kind
            when 'change_by' then result.start_value * (1 + result.change_rate)
            else result.target_value
        end as aimed_value,
        {{ metric_direction('result.metric') }} as direction,
        {{ is_ratio_metric('result.metric') }} as is_ratio
    from {{ ref('stg_company__key_results') }} as result
    left join {{ ref('stg_company__objectives') }} as objective
        on
            result.objective_id = objective.objective_id
            and {{ valid_on('objective', 'result.valid_from') }}
),

days as (
    select
        *,
        cast(date_trunc('month', site_date) as date) as month_start_date,
        sum(numerator) over (
            partition by key_result_id, valid_from order by site_date
            rows between unbounded preceding and current row
        ) as numerator_to_date,
        sum(denominator) over (
            partition by key_result_id, valid_from order by site_date
            rows between unbounded preceding and current row
        ) as denominator_to_date,
        sum(numerator) over (
            partition by key_result_id, valid_from, date_trunc('month', site_date)
            order by site_date
            rows between unbounded preceding and current row
        ) as numerator_of_month,
        sum(denominator) over (
            partition by key_result_id, valid_from, date_trunc('month', site_date)
            order by site_date
            rows between unbounded preceding and current row
        ) as denominator_of_month,
        row_number() over (
            partition by key_result_id, valid_from, date_trunc('month', site_date)
            order by site_date desc
        ) as days_left_n
    from {{ ref('key_result_day') }}
),

valued as (
    select
        result.*,
        day.site_date,
        day.month_start_date,
        day.days_left_n,
        day.numerator_to_date,
        day.denominator_to_date,
        cast(case
            when result.is_ratio
                then
                    cast(day.numerator_to_date as double)
                    / nullif(cast(day.denominator_to_date as double), 0)
            else cast(day.numerator_to_date as double)
        end as double) as value,
        cast(case
            when result.is_ratio
                then
                    cast(day.numerator_of_month as double)
                    / nullif(cast(day.denominator_of_month as double), 0)
            else cast(day.numerator_of_month as double)
        end as double) as month_value
    from days as day
    inner join results as result
        on
            day.key_result_id = result.key_result_id
            and day.valid_from = result.valid_from
),

kept as (
    select
        *,
        case
            when month_value is null then null
            when direction = 'down' then round(month_value, 9) <= target_value
            else round(month_value, 9) >= target_value
        end as is_month_kept
    from valued
),

-- The months of a cycle that are over, and the one that runs.
months as (
    select
        *,
        coalesce(sum(case when days_left_n = 1 and is_month_kept then 1 else 0 end) over (
            partition by key_result_id, valid_from order by site_date
            rows between unbounded preceding and 1 preceding
        ), 0) as kept_before_n,
        coalesce(sum(
            case when days_left_n = 1 and is_month_kept is not null then 1 else 0 end
        ) over (
            partition by key_result_id, valid_from order by site_date
            rows between unbounded preceding and 1 preceding
        ), 0) as judged_before_n
    from kept
),

scored as (
    select
        *,
        case
            when kind = 'maintain'
                then
                    cast(kept_before_n + case when is_month_kept then 1 else 0 end as double)
                    / nullif(
                        judged_before_n + case when is_month_kept is not null then 1 else 0 end, 0
                    )
            else
                (value - cast(start_value as double))
                / nullif(cast(aimed_value as double) - cast(start_value as double), 0)
        end as moved_rate,
        case
            when kind <> 'maintain'
                then
                    (value - cast(start_value as double))
                    / nullif(cast(stretch_value as double) - cast(start_value as double), 0)
        end as moved_to_stretch_rate
    from months
)

select
    key_result_id,
    valid_from,
    site_date,
    objective_id,
    coalesce(objective_title, 'unmapped') as objective_title,
    coalesce(owner, 'unmapped') as owner,
    title,
    client_id,
    metric,
    kind,
    cast(start_value as decimal(18, 6)) as start_value,
    cast(aimed_value as decimal(18, 6)) as aimed_value,
    cast(stretch_value as decimal(18, 6)) as stretch_value,
    cast(numerator_to_date as decimal(18, 6)) as numerator,
    cast(denominator_to_date as decimal(18, 6)) as denominator,
    value,
    -- Not greatest(): it would make a 0 of what cannot be judged.
    case when moved_rate < 0 then 0 else moved_rate end as progress_rate,
    case when moved_to_stretch_rate < 0 then 0 else moved_to_stretch_rate end
        as stretch_progress_rate,
    round(moved_rate, 9) >= 1 as is_reached,
    site_date = max(site_date) over (partition by key_result_id, valid_from) as is_latest
from scored
