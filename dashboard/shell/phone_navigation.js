// Closes the sidebar after a choice in the navigation, where it lies over the page.

const NARROW = "(max-width: 768px)"; // where Streamlit lays it over the page

function close({ target }) {
  if (!matchMedia(NARROW).matches || !target.closest?.("[data-testid=stSidebarNavLink]")) return;
  document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
}

export default function () {
  document.addEventListener("click", close);
  return () => document.removeEventListener("click", close);
}
