import MarkdownIt, { type Token } from 'markdown-it';
import { escapeHtml } from '../html.ts';
import type { Heading, SearchSection } from '../page.ts';
import { codeBlock } from './highlight.ts';
import { slugger } from './slug.ts';

/** What a document becomes on the site. */
export interface RenderedMarkdown {
  /** Text of the first heading. */
  readonly title: string;
  readonly content: string;
  readonly headings: readonly Heading[];
  readonly search: readonly SearchSection[];
}

/** How links and pictures of a document are resolved. */
export interface MarkdownContext {
  /** Returns the `site:` link for a relative link of the document; throws if it leads nowhere. */
  readonly resolveLink: (href: string) => string;
  /** Returns the `site:` link for a term in code, such as the name of an operation, if the site has a page about it. */
  readonly codeLink: (code: string) => string | undefined;
  /** Returns the HTML of a picture, by its path as in the document. */
  readonly picture: (source: string, text: string) => string;
  /** Returns the HTML of a diagram in Mermaid, if the site draws it itself. */
  readonly diagram: (text: string) => string;
}

/** Renders one document. */
export function renderMarkdown(text: string, context: MarkdownContext): RenderedMarkdown {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const { rules } = markdown.renderer;
  rules['fence'] = (tokens, index) => {
    const { content = '', info = '' } = tokens[index] ?? {};
    const [language = ''] = info.trim().split(/\s+/);
    return language === 'mermaid' ? context.diagram(content) : codeBlock(content, language);
  };
  rules['table_open'] = () => '<div class="table"><table>\n';
  rules['table_close'] = () => '</table></div>\n';
  rules['image'] = (tokens, index) => {
    const token = tokens[index];
    return context.picture(String(token?.attrGet('src') ?? ''), token?.content ?? '');
  };
  rules['link_open'] = (...[tokens, index, options, , renderer]) => {
    const token = tokens[index];
    const href = String(token?.attrGet('href') ?? '');
    if (!/^https?:/.test(href)) token?.attrSet('href', context.resolveLink(href));
    return renderer.renderToken(tokens, index, options);
  };
  rules['code_inline'] = (tokens, index) => {
    const text = tokens[index]?.content ?? '';
    const code = `<code>${escapeHtml(text)}</code>`;
    const link = isInLink(tokens, index) ? undefined : context.codeLink(text);
    return link === undefined ? code : `<a href="${link}">${code}</a>`;
  };
  rules['heading_close'] = (tokens, index) => {
    const open = tokens[index - 2];
    const id = open?.attrGet('id');
    const anchor =
      open?.tag === 'h1' ? '' : ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>`;
    return `${anchor}</${open?.tag}>\n`;
  };
  const tokens = markdown.parse(text, {});
  const headings = identifyHeadings(tokens);
  return {
    title: headings[0]?.text ?? '',
    content: markdown.renderer.render(tokens, markdown.options, {}),
    headings,
    search: searchSections(tokens, headings),
  };
}

/** Whether a link of the same line was opened before a token and is not closed. */
function isInLink(tokens: readonly Token[], index: number): boolean {
  const last = tokens.slice(0, index).findLast(({ type }) => type.startsWith('link_'));
  return last?.type === 'link_open';
}

/** Gives each heading its ID and returns them all. */
function identifyHeadings(tokens: readonly Token[]): readonly Heading[] {
  const slug = slugger();
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return [];
    const text = plainText(tokens[index + 1]);
    const id = slug(text);
    token.attrSet('id', id);
    return [{ id, text, level: Number(token.tag.slice(1)) }];
  });
}

function searchSections(tokens: readonly Token[], headings: readonly Heading[]): readonly SearchSection[] {
  const sections: { id: string; heading: string; text: string }[] = [];
  for (const token of tokens) {
    if (token.type === 'heading_open') {
      const heading = headings[sections.length];
      sections.push({
        id: heading?.level === 1 ? '' : (heading?.id ?? ''),
        heading: heading?.text ?? '',
        text: '',
      });
    }
    const section = sections.at(-1);
    if (section === undefined || token.type !== 'inline') continue;
    const text = plainText(token);
    if (text !== section.heading) section.text += `${text} `;
  }
  return sections.map((section) => ({ ...section, text: section.text.trim() }));
}

function plainText(token: Token | undefined): string {
  return (token?.children ?? [])
    .map(({ type, content }) =>
      type === 'softbreak' || type === 'hardbreak' ? ' ' : type === 'image' ? '' : content,
    )
    .join('');
}
