-- Rows of other days whose student tried the task on a day of a span too, which was just counted. A row
-- that lost its companions stays unset, which costs a look at it and nothing else.
UPDATE etl_student_task_days AS other
SET is_only_day = false
FROM etl_student_task_days AS own
WHERE own.day BETWEEN %(first_day)s AND %(last_day)s AND own.task_id <> 0 AND NOT own.is_only_day
  AND other.user_id = own.user_id AND other.task_id = own.task_id AND other.is_only_day;
