-- Stored attempts that staged records may be. The subquery of those has a name: so a cluster computes it
-- on its workers, who do not see what is staged, and a single server plans it together with the rest.
created_at >= %(window_start)s AND created_at < %(window_end)s
    AND (%(students)s::text[] IS NULL OR user_id = ANY(%(students)s::text[]))
