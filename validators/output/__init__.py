"""What goes out beside the record: the notice and the packets."""
