"""One run, in order: its stages, its diary, and the parts that it is built of."""
