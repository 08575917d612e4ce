{{ union_feed('coaching') }}
