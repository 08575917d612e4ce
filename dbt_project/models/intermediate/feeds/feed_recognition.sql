{{ union_feed('recognition') }}
