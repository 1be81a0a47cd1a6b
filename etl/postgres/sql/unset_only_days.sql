-- A row that lost its companions stays unset, which costs a look at it and nothing else.
UPDATE etl_student_task_days
SET is_only_day = false
FROM unnest(%(users)s::text[], %(tasks)s::int[]) AS own (user_id, task_id)
WHERE etl_student_task_days.user_id = own.user_id AND etl_student_task_days.task_id = own.task_id
  AND is_only_day AND day NOT BETWEEN %(first_day)s AND %(last_day)s;
