"""The link of some settings, its address and its QR code."""

import re

import pytest

from dashboard.components.link_box import MAX_ADDRESS, QUIET_MODULES, qr_path, valid_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://lab.example.org/confusion?seed=3", "https://lab.example.org/confusion"),
        ("http://192.168.0.7:8501/", "http://192.168.0.7:8501/"),
        ("http://[::1]:8501/explore#top", "http://[::1]:8501/explore"),
        ("https://example.org/a/~class%20one/", "https://example.org/a/~class%20one/"),
        ("http://localhost:8501", "http://localhost:8501/"),
    ],
)
def test_the_address_of_a_page_comes_without_its_query(url: str, address: str) -> None:
    assert valid_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "?seed=3", "/train", "//example.org", "ftp://example.org/"),
        *("javascript:alert(1)", "data:text/html,<b>", "http://", "http:///train"),
        *("http://user:word@example.org/", 'http://a"b/', "http://exa mple.org/", "http://[::1/"),
        *("http://example.org/<script>", "http://example.org/\nx", "http://ex.org:123456/"),
        "http://example.org/" + "a" * MAX_ADDRESS,
    ],
)
def test_what_is_no_address_of_the_web_is_not_shared(url: str | None) -> None:
    assert valid_address(url) == ""


def test_a_qr_code_has_its_light_border_and_its_three_corners() -> None:
    size, path = qr_path("http://example.org/?seed=3")
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    assert len(path) == len("".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
    inner = range(QUIET_MODULES, size - QUIET_MODULES)
    assert {x for x, _ in dark} | {y for _, y in dark} == set(inner)
    first, last = inner[0], inner[-6]
    for left, top in ((first, first), (last - 1, first), (first, last - 1)):
        assert all({(left + i, top), (left, top + i)} <= dark for i in range(7))


def test_a_text_that_is_too_long_has_no_qr_code() -> None:
    assert qr_path("x" * 2900)[0] > 100
    assert qr_path("x" * 3000) == (0, "")
