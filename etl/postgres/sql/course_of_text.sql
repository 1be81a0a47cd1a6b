CASE WHEN {names_a_task} THEN substring(text FROM '^(.*):[^:]*:[^:]*$') END
