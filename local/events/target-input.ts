import { isRecord, type JsonRecord, refuseUnknown } from '../json.ts';
import type { BusEvent } from './event.ts';

/** Creates a target's payload, JSON text, from an event. */
export type TargetInput = (event: BusEvent) => string;

/** Values of the rule that a template may refer to. */
export interface RuleNames {
  readonly arn: string;
  readonly name: string;
}

/**
 * Parses Input, InputPath or InputTransformer of a rule's target; without them, the target gets the whole
 * event. Throws for an unsupported path or template.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function parseTargetInput(target: JsonRecord, rule: RuleNames, where: string): TargetInput {
  const { Input: input, InputPath: path, InputTransformer: transformer } = target;
  if (typeof input === 'string') return () => input;
  if (typeof path === 'string') {
    const read = parsePath(path, where);
    return (event) => JSON.stringify(read(event) ?? null);
  }
  if (isRecord(transformer)) return parseTransformer(transformer, rule, `${where}, InputTransformer`);
  return (event) => JSON.stringify(event);
}

type Reader = (event: BusEvent) => unknown;

function parsePath(path: string, where: string): Reader {
  if (!/^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])*$/.test(path))
    throw new Error(`${where}: path ${path} is not supported by the local runtime`);
  const keys = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => name ?? index ?? quoted ?? '',
  );
  return (event) => keys.reduce<unknown>(memberOf, event);
}

function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function parseTransformer(transformer: JsonRecord, rule: RuleNames, where: string): TargetInput {
  refuseUnknown(transformer, ['InputPathsMap', 'InputTemplate'], where);
  const { InputPathsMap: paths, InputTemplate: template } = transformer;
  if (typeof template !== 'string') throw new Error(`${where}: InputTemplate must be a string`);
  const readers = new Map<string, Reader>(
    Object.entries(isRecord(paths) ? paths : {}).map(([name, path]) => [
      name,
      parsePath(String(path), where),
    ]),
  );
  const known = new Map([...readers, ...reserved(rule)]);
  const parts = splitTemplate(template);
  for (const part of parts) {
    if (part.variable !== undefined && !known.has(part.variable))
      throw new Error(`${where}: <${part.variable}> is not defined`);
  }
  return (event) => parts.map((part) => render(part, known, event)).join('');
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined */
function reserved(rule: RuleNames): ReadonlyArray<readonly [string, Reader]> {
  return [
    ['aws.events.rule-arn', () => rule.arn],
    ['aws.events.rule-name', () => rule.name],
    ['aws.events.event.ingestion-time', () => new Date().toISOString()],
    ['aws.events.event', ({ detail: _, ...rest }) => rest],
    ['aws.events.event.json', (event) => event],
  ];
}

interface TemplatePart {
  readonly text: string;
  readonly variable?: string;
  /** True if the variable is inside a JSON string. */
  readonly quoted: boolean;
}

function splitTemplate(template: string): readonly TemplatePart[] {
  let quoted = false;
  return (template.match(/\\.|"|<[\w.-]+>|[^\\"<]+|[\\<]/gs) ?? []).map((text) => {
    if (text === '"') quoted = !quoted;
    const [, variable] = /^<([\w.-]+)>$/.exec(text) ?? [];
    return { text, quoted, ...(variable === undefined ? {} : { variable }) };
  });
}

/**
 * Renders a value. Inside a string, a value loses its own quotes and a missing value is empty; elsewhere, a
 * missing value is `null`, so that the JSON remains valid.
 */
function render(part: TemplatePart, known: ReadonlyMap<string, Reader>, event: BusEvent): string {
  if (part.variable === undefined) return part.text;
  const value = known.get(part.variable)?.(event);
  if (!part.quoted) return JSON.stringify(value ?? null);
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
