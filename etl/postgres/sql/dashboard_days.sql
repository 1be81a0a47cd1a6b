SELECT day, sum(correct), sum(runs), sum(submits) FROM etl_hours GROUP BY day;
