"""The five stages' classes and the log's set-up; none of them imports another."""
