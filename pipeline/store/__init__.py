"""What is kept between runs: readings, cases."""
