-- With a backslash JSON, and with a percent sign an address, can write any text in another way.
SELECT id, record FROM rejected_attempts
WHERE strpos(record, %(student)s) > 0 OR strpos(record, chr(92)) > 0
   OR strpos(record, chr(37)) > 0;
