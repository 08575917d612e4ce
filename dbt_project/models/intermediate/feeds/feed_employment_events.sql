{{ union_feed('employment_events') }}
