select
    {{ scope_meant('queue_system') }} as source_system,
    queue_code,
    half_hour_start_at as half_hour_start_utc,
    cast(forecast_n as decimal(18, 6)) as forecast_n,
    _event_date as event_date
from {{ source('raw_company', 'forecasts') }}
where _is_current
