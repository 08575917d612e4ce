select coalesce(max(through_date), date '{{ var("calendar_first_date") }}') as as_of_date
from ledger.batch
