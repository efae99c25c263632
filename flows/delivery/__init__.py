"""What goes out to the departments and back to the applicant, and what the departments answer."""
