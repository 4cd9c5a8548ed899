/** On narrow screens, the button shows and hides the menu; without this script it leads to the menu below the page. */
export function addMenuButton(): void {
  const button = document.querySelector<HTMLAnchorElement>('.menu-button');
  const menu = document.querySelector<HTMLElement>('#menu');
  if (button === null || menu === null) return;
  document.documentElement.classList.add('with-script');
  button.setAttribute('role', 'button');
  const setOpen = (isOpen: boolean) => {
    document.documentElement.classList.toggle('menu-open', isOpen);
    button.setAttribute('aria-expanded', String(isOpen));
  };
  setOpen(false);
  const toggle = (event: Event) => {
    event.preventDefault();
    setOpen(!document.documentElement.classList.contains('menu-open'));
  };
  button.addEventListener('click', toggle);
  button.addEventListener('keydown', (event) => {
    if (event.key === ' ') toggle(event);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !document.documentElement.classList.contains('menu-open')) return;
    setOpen(false);
    button.focus();
  });
  const selected = menu.querySelector<HTMLElement>('[aria-current="page"]');
  // Only the menu is scrolled, not the page.
  if (selected !== null) menu.scrollTop = selected.offsetTop - menu.clientHeight / 2;
}
