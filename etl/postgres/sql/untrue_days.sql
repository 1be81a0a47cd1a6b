-- Days of a span whose summaries are not what attempts gives: other hands have been there.
SELECT day
FROM ({student_task_days}) AS counted
FULL JOIN (
    SELECT * FROM etl_student_task_days WHERE day BETWEEN %(first_day)s AND %(last_day)s
) AS stored USING (day, user_id, task_id)
WHERE (counted.runs, counted.submits, counted.correct, counted.attempts_to_success,
       counted.submits_to_success, counted.submits_without_run, counted.hours,
       counted.first_attempt_at, counted.last_attempt_at, counted.first_submit_at, counted.solved_at)
      IS DISTINCT FROM
      (stored.runs, stored.submits, stored.correct, stored.attempts_to_success,
       stored.submits_to_success, stored.submits_without_run, stored.hours,
       stored.first_attempt_at, stored.last_attempt_at, stored.first_submit_at, stored.solved_at)
UNION
SELECT day
FROM ({hours}) AS counted
FULL JOIN (
    SELECT * FROM etl_hours WHERE day BETWEEN %(first_day)s AND %(last_day)s
) AS stored USING (day, hour)
WHERE (counted.runs, counted.submits, counted.correct)
      IS DISTINCT FROM (stored.runs, stored.submits, stored.correct)
ORDER BY day;
