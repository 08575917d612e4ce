{{ union_feed('agent_activity') }}
