"""Work beside the interface: in turns, in threads and in processes."""
