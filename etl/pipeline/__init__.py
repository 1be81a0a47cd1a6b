"""One run, in order: the stages, what they tell, and how they are put together."""
