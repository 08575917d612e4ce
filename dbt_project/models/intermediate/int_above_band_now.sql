-- Each date that lies in a period above its band; a month above its band has all its dates.
select
    band.contract_id,
    band.line_of_business,
    band.basis,
    band.period_start,
    day_above.date_day as above_date
from {{ ref('forecast_band_period') }} as band
inner join {{ ref('dim_date') }} as day_above
    on
        day_above.date_day >= cast(band.period_start as date)
        and day_above.date_day < case
            when band.basis = 'month' then {{ add_months('cast(band.period_start as date)', 1) }}
            else {{ add_days('cast(band.period_start as date)', 1) }}
        end
where band.is_above_band
