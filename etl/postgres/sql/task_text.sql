-- The text without the student's id at its end. Where the id stands nowhere else, bytes are compared
-- and no characters counted, which takes a third of the time.
CASE WHEN split_part(lis_result_sourcedid, user_id, 1) || user_id = lis_result_sourcedid
     THEN split_part(lis_result_sourcedid, user_id, 1)
     WHEN right(lis_result_sourcedid, length(user_id)) = user_id
     THEN left(lis_result_sourcedid, -length(user_id))
     ELSE lis_result_sourcedid END
