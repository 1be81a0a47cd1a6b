-- Like names_no_student, of a text whose course and task were not read out yet. Reading them out
-- takes longer than looking for a long id.
CASE WHEN length(user_id) < 16 THEN user_id NOT IN ({course_of_text}, {task_of_text})
     ELSE strpos(text, user_id) = 0 END
