"""What one reader, and all together, may ask of the server: every cap stands here."""

MAX_WORKERS = 2  # processes that compute, and no more than there are cores
IDLE_SECONDS = 60.0  # a worker process without work ends after so long
GRACE_SECONDS = 20.0  # a page that has lost its network for so long does not come back

MAX_WORKS = 3  # trainings, comparisons and maps of one reader at once; the next one waits
MAX_LOSSES = 3  # worker processes that one slice may lose before it is given up
