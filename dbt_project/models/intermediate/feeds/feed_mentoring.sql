{{ union_feed('mentoring') }}
