"""The night: what came in is worked through at a set hour, on one machine or on many."""
