{{ union_feed('cases') }}
