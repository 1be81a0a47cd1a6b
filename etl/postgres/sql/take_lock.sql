-- NULL: the backend that answers holds the lock already, so it is not ours alone, and would get it
-- once more.
SELECT CASE WHEN NOT ({holds_lock}) THEN pg_try_advisory_lock(%(key)s) END;
