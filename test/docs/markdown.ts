import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** Text of a file of the checkout, by its path from the root. */
export function readDocument(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The text under a heading of any level, up to the next heading of the same or a higher level. Throws when it does not exist. */
export function section(document: string, heading: string): string {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`The heading "${heading}" does not exist`);
  const depth = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${depth}} `).test(line));
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** The fenced blocks of a text in their order. */
export function blocks(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
}

/** The one block of a language in a text; throws when no or more than one block exists. */
export function onlyBlock(text: string, language: string): string {
  const [found, ...more] = blocks(text).filter((block) => block.language === language);
  if (found === undefined || more.length > 0) throw new Error(`There is not exactly one ${language} block`);
  return found.text;
}

/** The rows of the first table in a text, without its head; cells lose their spaces and code quotes. */
export function tableRows(text: string): ReadonlyArray<readonly string[]> {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end === -1 ? undefined : end).map(cells);
}

function cells(line: string): readonly string[] {
  const row = line.split('|').slice(1, -1);
  return row.map((cell) => cell.trim().replaceAll('`', ''));
}
