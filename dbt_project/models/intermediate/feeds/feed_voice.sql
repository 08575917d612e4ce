{{ union_feed('voice') }}
