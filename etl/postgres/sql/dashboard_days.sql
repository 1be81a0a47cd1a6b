-- Counts of each day that has attempts. The days' bounds come from outside, one after another without
-- a gap: finding each attempt's place among them reads the table once, where a join would not.
SELECT (%(days)s::date[])[width_bucket(created_at, %(starts)s::timestamp[])] AS day,
       count(*) FILTER (WHERE attempt_type = 'submit' AND is_correct) AS correct,
       count(*) FILTER (WHERE attempt_type = 'run')                   AS runs,
       count(*) FILTER (WHERE attempt_type = 'submit')                AS submits
FROM attempts
GROUP BY day;
