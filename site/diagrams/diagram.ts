import { escapeHtml } from '../html.ts';

/** A picture in SVG, without its styles. */
export interface Diagram {
  readonly title: string;
  /** What the picture shows, for readers who do not see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** SVG elements with the classes of {@link diagramStyles}. */
  readonly body: string;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Returns the picture as a part of a page, whose stylesheet has the styles. */
export function diagramFigure(diagram: Diagram): string {
  return `<figure class="diagram">${svg(diagram, '')}</figure>\n`;
}

/** Returns the picture as a file of its own, which adapts to a dark background. */
export function diagramFile(diagram: Diagram): string {
  return `${svg(diagram, `<style>\n${diagramStyles}</style>\n`)}\n`;
}

function svg({ title, description, width, height, body }: Diagram, style: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeHtml(title)}</title>
<desc>${escapeHtml(description)}</desc>
${style}<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0.500 8 4 0 7.500z" class="tip"/></marker></defs>
${body}
</svg>`.replaceAll('.500', '.5');
}

const light = '--ink:#1f2933;--soft:#52606d;--line:#7b8794;--box:#f5f7fa;--edge:#cbd2d9;--accent:#0b69a3';
const dark = '--ink:#e4e7eb;--soft:#9aa5b1;--line:#9aa5b1;--box:#1f2933;--edge:#3e4c59;--accent:#62b0e8';

/** The styles of a picture in a file of its own; the stylesheet of the site has the same for its pages. */
const diagramStyles = `.picture{${light};font:500 14px system-ui,sans-serif}
@media(prefers-color-scheme:dark){.picture{${dark}}}
.box{fill:var(--box);stroke:var(--edge);stroke-width:1.5}
.box.accent{stroke:var(--accent)}
.name{fill:var(--ink);font-weight:600;text-anchor:middle}
.note{fill:var(--soft);font-size:12px;text-anchor:middle}
.note.left{text-anchor:start}
.edge{fill:none;stroke:var(--line);stroke-width:1.5;marker-end:url(#arrow)}
.tip{fill:var(--line)}
.dot{fill:var(--line)}
.end-letter{fill:#fff;font-size:10px;font-weight:700;text-anchor:middle}
.end-succeeded{fill:#18794e}
.end-failed{fill:#b54708}
.end-error{fill:#b42318}
.end-aborted{fill:#52606d}
`;
