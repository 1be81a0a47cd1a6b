-- Like names_no_student, of a text whose course and task were not read out yet.
strpos(':' || text, ':' || user_id || ':') = 0 AND strpos(text, '-' || user_id || ':') = 0
   AND (length(user_id) < 16 OR strpos(text, user_id) = 0)
