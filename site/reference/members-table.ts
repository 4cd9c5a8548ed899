import { escapeHtml, inlineHtml } from '../html.ts';
import type { Schema } from './open-api.ts';
import { choicesOf, isObject, limitsOf, shapeName, typeLabel } from './type-label.ts';

/** A row of a table of members, with its path from the object that the table describes. */
interface Row {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** Members of members are shown up to this depth. */
const maxDepth = 5;

/** Describes a value: the table of its members, or its type if it has none. */
export function describeValue(schema: Schema): string {
  const rows = rowsBelow(schema, '', 0);
  const choices = shapeName(schema) === undefined && !isObject(schema) ? choicesOf(schema) : undefined;
  if (choices?.some(isDescribed)) return choicesHtml(choices);
  const name = shapeName(schema);
  if (rows.length === 0 || name !== undefined) return `<p>${typeLabel(schema)}${limitsText(schema)}</p>`;
  const others = (schema.allOf ?? []).filter((part) => shapeName(part) !== undefined).map(typeLabel);
  const intro = others.length === 0 ? '' : `<p>All members of ${others.join(' and ')}, and:</p>`;
  return intro + membersTable(rows);
}

/** A table of parameters, headers or members. */
export function namedTable(rows: readonly Row[], head: string): string {
  const body = rows.map(rowHtml).join('');
  return `<div class="table"><table class="members"><thead><tr><th>${head}</th><th>Type</th><th>Description</th></tr></thead><tbody>${body}</tbody></table></div>`;
}

function membersTable(rows: readonly Row[]): string {
  return namedTable(rows, 'Member');
}

/** The choices without members of their own in one line, and then a table for each of the others. */
function choicesHtml(choices: readonly Schema[]): string {
  const described = choices.filter(isDescribed);
  const named = choices.filter((choice) => !isDescribed(choice)).map(typeLabel);
  const line = named.length === 0 ? '' : `<p>${named.join(' or ')}</p>`;
  const tables = described.map((choice, index) => {
    const isFirst = index === 0 && named.length === 0;
    return `<p class="choice">${isFirst ? 'An object with these members:' : 'Or an object with these members:'}</p>${describeValue(choice)}`;
  });
  return line + tables.join('');
}

/** Whether a choice has members of its own that no link leads to. */
function isDescribed(schema: Schema): boolean {
  return shapeName(schema) === undefined && isObject(schema);
}

function rowsBelow(schema: Schema, prefix: string, depth: number): readonly Row[] {
  if (shapeName(schema) !== undefined || depth > maxDepth) return [];
  const own = Object.entries(schema.properties ?? {}).flatMap(([member, value]) => {
    const name = prefix === '' ? member : `${prefix}.${member}`;
    const isRequired = schema.required?.includes(member) ?? false;
    return [{ name, schema: value, isRequired }, ...rowsBelow(value, name, depth + 1)];
  });
  const items = typeof schema.items === 'object' ? rowsBelow(schema.items, `${prefix}[]`, depth + 1) : [];
  const values =
    typeof schema.additionalProperties === 'object'
      ? rowsBelow(schema.additionalProperties, prefix === '' ? '*' : `${prefix}.*`, depth + 1)
      : [];
  const choices = isObject(schema)
    ? []
    : (choicesOf(schema) ?? []).flatMap((choice) => rowsBelow(choice, prefix, depth + 1));
  const parts = (schema.allOf ?? []).flatMap((part) => rowsBelow(part, prefix, depth));
  return uniqueRows([...own, ...parts, ...items, ...values, ...choices]);
}

function uniqueRows(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}

function rowHtml({ name, schema, isRequired }: Row): string {
  const depth = name.split('.').length - 1;
  const required = isRequired ? ' <span class="required">required</span>' : '';
  const example = exampleOf(schema);
  const notes = [
    schema.description === undefined ? '' : inlineHtml(schema.description),
    limitsOf(schema).length === 0 ? '' : `<span class="limits">${limitsOf(schema).join(', ')}</span>`,
    example === undefined
      ? ''
      : `<span class="limits">Example: <code>${escapeHtml(JSON.stringify(example))}</code></span>`,
  ].filter((note) => note !== '');
  return `<tr class="depth-${Math.min(depth, 3)}"><td><code>${breakable(name)}</code>${required}</td><td>${typeLabel(schema)}</td><td>${notes.join(' ')}</td></tr>`;
}

/** Long names may be broken after their dots. */
function breakable(name: string): string {
  return escapeHtml(name).replaceAll('.', '.<wbr>');
}

function limitsText(schema: Schema): string {
  const limits = limitsOf(schema);
  return limits.length === 0 ? '' : `, ${limits.join(', ')}`;
}

function exampleOf({ example, examples }: Schema): unknown {
  const value = example ?? examples?.[0];
  return typeof value === 'object' ? undefined : value;
}
