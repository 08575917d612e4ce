{{ union_feed('absences') }}
