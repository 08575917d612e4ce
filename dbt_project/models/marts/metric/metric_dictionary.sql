-- The contracts as they stand beside the formulas; there is no second text of them anywhere.
with contracts as (
    {{ dictionary_rows() }}
)

select *
from contracts
