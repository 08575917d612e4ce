{{ union_feed('evaluations') }}
