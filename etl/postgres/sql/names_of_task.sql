coalesce(course_name, course) AS course_name, coalesce(task_name, task) AS task_name
