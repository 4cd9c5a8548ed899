import MiniSearch, { type SearchResult } from 'minisearch';
import { searchOptions } from '../search/search-options.ts';

const maxResults = 12;
const root = document.documentElement.dataset['root'] ?? './';

/** Shows the search box. The index is loaded when the reader first uses it. */
export function addSearch(): void {
  const place = document.querySelector<HTMLElement>('.search');
  if (place === null) return;
  const { input, list, status } = createBox(place);
  let loading: Promise<MiniSearch> | undefined;
  const load = () => (loading ??= loadIndex());
  const show = async () => {
    const query = input.value.trim();
    if (query === '') return showResults([], { input, list, status, query });
    try {
      const index = await load();
      // The reader may have typed more meanwhile.
      if (query === input.value.trim()) showResults(search(index, query), { input, list, status, query });
    } catch {
      loading = undefined;
      status.textContent = 'The search index could not be loaded';
    }
  };
  input.addEventListener('focus', () => void load().catch(() => (loading = undefined)), { once: true });
  input.addEventListener('input', () => void show());
  input.addEventListener('keydown', (event) => navigate(event, { input, list }));
  document.addEventListener('keydown', (event) => focusBySlash(event, input));
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !place.contains(event.target)) close({ input, list });
  });
}

interface Box {
  readonly input: HTMLInputElement;
  readonly list: HTMLElement;
  readonly status: HTMLElement;
}

function createBox(place: HTMLElement): Box {
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = 'Search';
  input.autocomplete = 'off';
  input.spellcheck = false;
  const attributes = {
    role: 'combobox',
    'aria-label': 'Search the documentation',
    'aria-expanded': 'false',
    'aria-controls': 'search-results',
    'aria-autocomplete': 'list',
    'aria-keyshortcuts': '/',
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  const list = document.createElement('div');
  list.id = 'search-results';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Results');
  list.hidden = true;
  const status = document.createElement('p');
  status.className = 'search-status';
  status.setAttribute('role', 'status');
  place.append(input, list, status);
  place.hidden = false;
  return { input, list, status };
}

async function loadIndex(): Promise<MiniSearch> {
  const response = await fetch(`${root}assets/search.json`);
  if (!response.ok) throw new Error(`The search index has the status ${response.status}`);
  return MiniSearch.loadJSON(await response.text(), searchOptions);
}

function search(index: MiniSearch, query: string): readonly SearchResult[] {
  const options = { prefix: true, fuzzy: 0.15, boost: { heading: 4, title: 3 }, boostDocument: weightOf };
  const all = index.search(query, { ...options, combineWith: 'AND' });
  return (all.length > 0 ? all : index.search(query, options)).slice(0, maxResults);
}

/** A guide explains a word better than a list of members, a decision or a list of changes that contains it. */
function weightOf(_id: unknown, _term: string, stored?: Readonly<Record<string, unknown>>): number {
  return /^(?:schemas|decisions|changelog)/.test(String(stored?.['url'])) ? 0.3 : 1;
}

function showResults(
  results: readonly SearchResult[],
  { input, list, status, query }: Box & { readonly query: string },
): void {
  list.replaceChildren(...results.map(resultElement));
  const isOpen = results.length > 0;
  list.hidden = !isOpen;
  input.setAttribute('aria-expanded', String(isOpen));
  select(input, list, isOpen ? 0 : -1);
  status.textContent =
    query === '' ? '' : isOpen ? `${results.length} results` : `Nothing found for ${query}`;
  status.classList.toggle('visible', query !== '' && !isOpen);
}

function resultElement(result: SearchResult, index: number): HTMLElement {
  const link = document.createElement('a');
  link.id = `search-result-${index}`;
  link.href = `${root}${String(result['url'])}`;
  link.tabIndex = -1;
  link.setAttribute('role', 'option');
  const heading = String(result['heading']);
  const title = String(result['title']);
  link.append(
    textElement('strong', heading === '' ? title : heading),
    textElement('small', heading === '' ? '' : title),
    textElement('span', String(result['excerpt'])),
  );
  return link;
}

function textElement(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function navigate(event: KeyboardEvent, { input, list }: Pick<Box, 'input' | 'list'>): void {
  const options = [...list.children];
  const current = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (options.length === 0) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    select(input, list, (current + step + options.length) % options.length);
  } else if (event.key === 'Enter') {
    const option = options[current];
    if (option instanceof HTMLAnchorElement) {
      event.preventDefault();
      option.click();
      close({ input, list });
    }
  } else if (event.key === 'Escape') {
    close({ input, list });
  }
}

function select(input: HTMLInputElement, list: HTMLElement, index: number): void {
  for (const [position, option] of [...list.children].entries())
    option.setAttribute('aria-selected', String(position === index));
  const option = list.children[index];
  if (option === undefined) {
    input.removeAttribute('aria-activedescendant');
    return;
  }
  input.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function close({ input, list }: Pick<Box, 'input' | 'list'>): void {
  list.hidden = true;
  input.setAttribute('aria-expanded', 'false');
}

function focusBySlash(event: KeyboardEvent, input: HTMLInputElement): void {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
  input.select();
}
