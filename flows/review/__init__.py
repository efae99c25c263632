"""The reviewer's work: a case's doubts, one by one, and what follows from each decision."""
