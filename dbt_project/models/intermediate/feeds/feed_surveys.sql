{{ union_feed('surveys') }}
