{{ union_feed('disruptions') }}
