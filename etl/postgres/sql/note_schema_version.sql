-- Where nothing was counted yet, the row says so: it is that of no time zone and no definition.
INSERT INTO etl_summaries (time_zone, definition, schema_version) VALUES ('', '', %(version)s)
ON CONFLICT (is_only) DO UPDATE SET schema_version = excluded.schema_version
WHERE etl_summaries.schema_version <> excluded.schema_version;
