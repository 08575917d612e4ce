{{ union_feed('evaluation_answers') }}
