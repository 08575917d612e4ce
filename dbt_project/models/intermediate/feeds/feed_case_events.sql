{{ union_feed('case_events') }}
