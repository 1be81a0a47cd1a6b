user_id NOT IN (course, task)
   AND (length(user_id) < 16 OR strpos(course || ' ' || task, user_id) = 0)
