{{ union_feed('contacts') }}
