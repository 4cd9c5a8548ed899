import { isRecord } from '../../json.ts';
import { compilePath, type Sources, valueAt } from './reference-path.ts';

/** A compiled payload template: builds a value from the data that its paths read. */
export type Template = (sources: Sources) => unknown;

/**
 * Compiles the payload template of a field, in which a member `name.$` contains a path. Throws an error with
 * `where` for a path that is not supported.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
 */
export function compileTemplate(value: unknown, where: string): Template {
  if (Array.isArray(value)) {
    const items = value.map((item) => compileTemplate(item, where));
    return (sources) => items.map((item) => item(sources));
  }
  if (!isRecord(value)) return () => value;
  const members = Object.entries(value).map(([key, member]) => compileMember(key, member, where));
  return (sources) => Object.fromEntries(members.map(([name, template]) => [name, template(sources)]));
}

function compileMember(key: string, value: unknown, where: string): readonly [string, Template] {
  if (!key.endsWith('.$')) return [key, compileTemplate(value, where)];
  const path = compilePath(value, key, where);
  return [key.slice(0, -2), (sources) => valueAt(path, sources)];
}
