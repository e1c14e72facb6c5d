"""Work in the background: in turns, in threads and in processes."""
