{{ union_feed('outcomes') }}
