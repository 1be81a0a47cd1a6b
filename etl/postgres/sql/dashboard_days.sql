SELECT day, sum(correct), sum(runs), sum(submits) FROM etl_student_task_days GROUP BY day;
