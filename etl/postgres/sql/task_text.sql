CASE WHEN right(lis_result_sourcedid, length(user_id)) = user_id
     THEN left(lis_result_sourcedid, -length(user_id)) ELSE lis_result_sourcedid END
