const storageKey = 'errand-theme';

type Theme = 'light' | 'dark';

/** Applies the theme that the reader has chosen before; otherwise the system decides. */
export function applyStoredTheme(): void {
  const stored = read();
  if (stored === 'light' || stored === 'dark') document.documentElement.dataset['theme'] = stored;
}

/** Shows the button that switches between light and dark. */
export function addThemeButton(): void {
  const button = document.querySelector<HTMLButtonElement>('button.theme');
  if (button === null) return;
  const describe = () => {
    button.setAttribute('aria-label', `Switch to ${current() === 'dark' ? 'light' : 'dark'} colors`);
  };
  button.hidden = false;
  describe();
  button.addEventListener('click', () => {
    const next: Theme = current() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    store(next);
    describe();
  });
}

function current(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Storage may be forbidden; then the choice lasts for one page. */
function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // The page already has the theme.
  }
}
