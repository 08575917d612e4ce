{{ union_feed('changes') }}
