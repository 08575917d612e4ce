{{ union_feed('pulse') }}
