SELECT EXISTS (
    SELECT 1 FROM etl_student_task_days
    WHERE day BETWEEN %(first_day)s AND %(last_day)s AND task_id = 0
);
