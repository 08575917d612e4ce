{{ union_feed('contact_legs') }}
