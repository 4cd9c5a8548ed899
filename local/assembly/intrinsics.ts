import { isRecord, listOf } from '../json.ts';
import type { TemplateScope } from './template-scope.ts';

/**
 * Resolves every intrinsic function in a template value. Throws an error that names the function if it is
 * unknown.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveValue(value: unknown, scope: TemplateScope): unknown {
  if (Array.isArray(value)) {
    return value.map((member) => resolveValue(member, scope));
  }
  if (!isRecord(value)) return value;
  const intrinsic = intrinsicOf(value);
  if (intrinsic !== undefined) return callIntrinsic(intrinsic.name, intrinsic.argument, scope);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolveValue(member, scope)]));
}

/**
 * Resolves a value for a position where the template requires text. Throws if the result is not text, a
 * number or a boolean.
 */
export function resolveText(value: unknown, scope: TemplateScope): string {
  const resolved = resolveValue(value, scope);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  throw new Error(`${JSON.stringify(value)} does not resolve to text`);
}

function intrinsicOf(
  value: Readonly<Record<string, unknown>>,
): { name: string; argument: unknown } | undefined {
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

type Intrinsic = (argument: unknown, scope: TemplateScope) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(String(argument)),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::GetAZs': availabilityZones,
};

function callIntrinsic(name: string, argument: unknown, scope: TemplateScope): unknown {
  const intrinsic = intrinsics[name];
  if (intrinsic === undefined) throw new Error(`intrinsic function ${name} is not supported`);
  return intrinsic(argument, scope);
}

function getAttribute(argument: unknown, scope: TemplateScope): unknown {
  const parts = typeof argument === 'string' ? argument.split('.') : listOf(argument).map(String);
  const [logicalId, ...name] = parts;
  return scope.attribute(String(logicalId), name.join('.'));
}

function join(argument: unknown, scope: TemplateScope): unknown {
  const [delimiter, values] = listOf(argument);
  const resolved = resolveValue(values, scope);
  return listOf(resolved)
    .map((member) => resolveText(member, scope))
    .join(String(delimiter));
}

function substitute(argument: unknown, scope: TemplateScope): unknown {
  const [text, variables] = typeof argument === 'string' ? [argument, {}] : listOf(argument);
  const variableValues = isRecord(variables) ? variables : {};
  return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (name in variableValues) return resolveText(variableValues[name], scope);
    if (name.includes('.')) return resolveText({ 'Fn::GetAtt': name }, scope);
    return resolveText({ Ref: name }, scope);
  });
}

function select(argument: unknown, scope: TemplateScope): unknown {
  const [index, list] = listOf(argument);
  const position = Number(resolveText(index, scope));
  const members = listOf(resolveValue(list, scope));
  if (!(position in members))
    throw new Error(`Fn::Select index ${position} is outside the list of ${members.length} members`);
  return members[position];
}

function split(argument: unknown, scope: TemplateScope): unknown {
  const [delimiter, text] = listOf(argument);
  return resolveText(text, scope).split(String(delimiter));
}

/**
 * Returns three zones, as most regions have. Zones only distribute subnets, and local code uses the network
 * of this machine.
 */
function availabilityZones(argument: unknown, scope: TemplateScope): unknown {
  const region = resolveText(argument, scope) || String(scope.ref('AWS::Region'));
  return ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}
