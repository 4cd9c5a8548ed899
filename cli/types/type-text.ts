/** How tightly the outermost operator of a type binds, from tight to loose. */
type Level = 'atom' | 'operator' | 'intersection' | 'union';

/** A TypeScript type as text. */
export interface TypeText {
  readonly text: string;
  readonly level: Level;
  /** The number of members of the union that the compiler makes of it; `boolean` has two. */
  readonly alternatives: number;
}

/** A type that needs no parentheses anywhere. */
export function atom(text: string, alternatives = 1): TypeText {
  return { text, level: 'atom', alternatives };
}

export const unknownType: TypeText = atom('unknown');
export const neverType: TypeText = atom('never');

/** `readonly T[]` */
export function arrayOf(item: TypeText): TypeText {
  return { text: `readonly ${within(item, 'atom')}[]`, level: 'operator', alternatives: 1 };
}

/** The union of types, each once; `unknown` absorbs the others, and `never` disappears. */
export function union(types: readonly TypeText[]): TypeText {
  const members = distinct(types).filter(({ text }) => text !== neverType.text);
  const [first, ...others] = members;
  if (first === undefined) return neverType;
  if (others.length === 0) return first;
  if (members.some(({ text }) => text === unknownType.text)) return unknownType;
  const alternatives = members.reduce((sum, member) => sum + member.alternatives, 0);
  return { text: members.map((member) => within(member, 'union')).join(' | '), level: 'union', alternatives };
}

/**
 * The compiler makes one union of an intersection of unions, and stops with TS2590 at 100,000 members. It is slow long before.
 * https://github.com/microsoft/TypeScript/blob/v6.0.3/src/compiler/checker.ts (checkCrossProductUnion)
 */
const maxAlternatives = 500;

/**
 * The intersection of types, each once; without the last ones if they would make too many alternatives. It then allows more than
 * the schema.
 */
export function intersection(types: readonly TypeText[]): TypeText {
  const members = distinct(types).filter(({ text }) => text !== unknownType.text);
  if (members.some(({ text }) => text === neverType.text)) return neverType;
  const kept: TypeText[] = [];
  let alternatives = 1;
  for (const member of members) {
    if (kept.length > 0 && alternatives * member.alternatives > maxAlternatives) continue;
    kept.push(member);
    alternatives *= member.alternatives;
  }
  const [first, ...others] = kept;
  if (first === undefined) return unknownType;
  if (others.length === 0) return first;
  const text = kept.map((member) => within(member, 'intersection')).join(' & ');
  return { text, level: 'intersection', alternatives };
}

const levels: readonly Level[] = ['atom', 'operator', 'intersection', 'union'];

/** The text of a type as an operand of an operator, in parentheses where they are needed. */
function within({ text, level }: TypeText, operand: Level): string {
  return levels.indexOf(level) > levels.indexOf(operand) ? `(${text})` : text;
}

function distinct(types: readonly TypeText[]): readonly TypeText[] {
  return [...new Map(types.map((type) => [type.text, type])).values()];
}

/** A string literal in single quotes, without characters that end a line or are invisible. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replaceAll(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escapeUnit)}'`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The name of a member in an object type: unquoted if it is an ASCII identifier. */
export function memberName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : quoted(name);
}

/** Moves the lines after the first one to the right. */
export function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}

/**
 * A JSDoc comment of paragraphs with a line break at its end; the empty text without paragraphs. It cannot end early, and contains
 * none of the comments that direct the compiler.
 */
export function comment(paragraphs: readonly (string | undefined)[]): string {
  const lines = paragraphs
    .flatMap((paragraph) => paragraph?.split(/[\r\n\u2028\u2029]+/) ?? [])
    .map((line) => line.toWellFormed().replaceAll(invisible, ' ').trimEnd())
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('*/', '*\\/').replaceAll('@ts-', '\\@ts-'));
  if (lines.length === 0) return '';
  if (lines.length === 1) return `/** ${lines.join('')} */\n`;
  return `/**\n${lines.map((each) => ` * ${each}\n`).join('')} */\n`;
}

/** Control characters, and those that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not appear
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
