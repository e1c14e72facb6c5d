"""A whole class opens the app at once: what its server has to send, and how long that takes."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.process_usage import process_stats
from tests.browser.serving import Server

N_VISITORS = 50


def fetch_all(address: str, files: Sequence[str]) -> int:
    """Fetch files one after another, as compressed as can be; return how many bytes came."""
    connection = HTTPConnection(address)
    n_bytes = 0
    for file in files:
        connection.request("GET", file, headers={"Accept-Encoding": "gzip"})
        n_bytes += len(connection.getresponse().read())
    connection.close()
    return n_bytes


def measure_class(server: Server, urls: Sequence[str]) -> dict[str, float]:
    """Have all visitors fetch the files of a first visit, and return what that takes."""
    files = [urlsplit(url).path for url in urls]
    address = urlsplit(server.url).netloc
    before, start = _processor_seconds(server), time.perf_counter()
    with ThreadPoolExecutor(N_VISITORS) as pool:
        visits = [pool.submit(fetch_all, address, files) for _ in range(N_VISITORS)]
    return {
        "MB": sum(visit.result() for visit in visits) / 1e6,
        "until the last has all (s)": time.perf_counter() - start,
        "processor of the server (s)": _processor_seconds(server) - before,
    }


def _processor_seconds(server: Server) -> float:
    return process_stats(server.pid)[server.pid].seconds
