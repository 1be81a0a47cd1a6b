-- Which of these texts name a task, each with its course.
--
-- {course}:{host}-{block}:{user} is read from its end, since the course has colons of its own. A host
-- ends in a domain; a middle part without one is the task as it is. Any other text is left out: Moodle
-- and Canvas write one for each student, which is no task and names the student. For the same reason
-- a text is left out whose only student stands in it; a short id, where it is all of course or task.
SELECT text, course, task
FROM (
    SELECT text, first_student, last_student, {course_of_text} AS course, {task_of_text} AS task
    FROM unnest(%(texts)s::text[], %(first_students)s::text[], %(last_students)s::text[])
         AS given (text, first_student, last_student)
) AS read_out
WHERE EXISTS (
    SELECT FROM unnest(ARRAY[first_student, last_student]) AS user_id WHERE {names_no_student}
);
