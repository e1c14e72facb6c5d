"""The link of the current settings is copied, also where the browser gives no clipboard."""

from playwright.sync_api import expect

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
REFUSES = "document.execCommand = () => false"


def test_the_link_is_copied_over_plain_http_and_else_is_left_selected(open_page) -> None:
    page = open_page("explore?seed=7", prepare=lambda page: page.add_init_script(NO_CLIPBOARD))
    page.get_by_role("button", name="Share").click()
    link, copy = (
        page.get_by_role("textbox", name="Link"),
        page.get_by_role("button", name="Copy", exact=True),
    )
    expect(link).to_have_value(page.url, timeout=15_000)
    expect(page.get_by_label("QR code of the link")).to_be_visible()
    copy.click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    page.evaluate(REFUSES)
    copy.click()
    expect(page.get_by_text("The link is selected: press Ctrl+C")).to_be_visible()
    selected = "input => input.value.slice(input.selectionStart, input.selectionEnd)"
    assert link.evaluate(selected) == page.url
