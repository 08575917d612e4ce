{{ union_feed('employment') }}
