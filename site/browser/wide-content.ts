/** Lets readers reach with the keyboard what is wider than the page, to scroll it; not every browser does this by itself. */
export function makeWideContentFocusable(): void {
  for (const element of document.querySelectorAll<HTMLElement>('.table, pre, .diagram')) {
    if (element.scrollWidth <= element.clientWidth) continue;
    element.tabIndex = 0;
    element.setAttribute('role', 'region');
    element.setAttribute('aria-label', 'Content that can be scrolled');
  }
}
