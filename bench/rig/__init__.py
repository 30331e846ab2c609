"""The parts of the bench: processes and their cost, the load, the cases, the goals, the report."""
