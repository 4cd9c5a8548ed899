import { createRequire } from 'node:module';
import { escapeHtml } from '../html.ts';

/** The part of highlight.js that is used. Its own types would add those of web pages to all files of the project. */
interface Highlighter {
  registerLanguage(name: string, language: unknown): void;
  highlight(code: string, options: { readonly language: string }): { readonly value: string };
}

const require = createRequire(import.meta.url);
const highlighter = require('highlight.js/lib/core') as Highlighter; // documented at https://highlightjs.readthedocs.io
const languages = [
  'bash',
  'dockerfile',
  'http',
  'javascript',
  'json',
  'python',
  'shell',
  'typescript',
] as const;
for (const name of languages)
  highlighter.registerLanguage(name, require(`highlight.js/lib/languages/${name}`));
const known = new Set<string>(languages);

/** The languages of the fenced blocks that have another name in the highlighter. */
const aliases: Readonly<Record<string, (typeof languages)[number]>> = {
  console: 'shell',
  js: 'javascript',
  mjs: 'javascript',
  py: 'python',
  sh: 'bash',
  ts: 'typescript',
};

const labels: Readonly<Record<string, string>> = {
  bash: 'Shell',
  dockerfile: 'Dockerfile',
  http: 'HTTP',
  javascript: 'JavaScript',
  json: 'JSON',
  python: 'Python',
  shell: 'Terminal',
  typescript: 'TypeScript',
};

/** Returns a block of code in HTML, highlighted if its language is known. The script of the page adds a button that copies it. */
export function codeBlock(code: string, language: string): string {
  const name = aliases[language] ?? language;
  const isKnown = known.has(name);
  const body = isKnown ? highlighter.highlight(code, { language: name }).value : escapeHtml(code);
  const label = labels[name] === undefined ? '' : ` data-label="${labels[name]}"`;
  return `<figure class="code" data-language="${escapeHtml(name)}"${label}><pre><code>${body}</code></pre></figure>\n`;
}
