{{ union_feed('schedules') }}
