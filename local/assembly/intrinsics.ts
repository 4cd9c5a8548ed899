import { isRecord, listOf, recordOf } from '../json.ts';
import { noValue, type TemplateScope } from './template-scope.ts';

/**
 * Resolves every intrinsic function in a template value. Throws an error that names the function if it is
 * unknown.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveValue(value: unknown, scope: TemplateScope): unknown {
  if (Array.isArray(value)) {
    return value.map((member) => resolveValue(member, scope)).filter((member) => member !== noValue);
  }
  if (!isRecord(value)) return value;
  const intrinsic = intrinsicOf(value);
  if (intrinsic !== undefined) return callIntrinsic(intrinsic.name, intrinsic.argument, scope);
  const resolved = Object.entries(value).map(([key, member]) => [key, resolveValue(member, scope)] as const);
  return Object.fromEntries(resolved.filter(([, member]) => member !== noValue));
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

/** Evaluates a condition expression: Fn::And, Fn::Or, Fn::Not, Fn::Equals or a named condition. */
export function resolveCondition(value: unknown, scope: TemplateScope): boolean {
  if (!isRecord(value)) throw new Error(`${JSON.stringify(value)} is not a condition`);
  const [name, argument] = Object.entries(value)[0] ?? [];
  const parts = listOf(argument);
  switch (name) {
    case 'Condition':
      return scope.condition(String(argument));
    case 'Fn::Equals':
      return resolveText(parts[0], scope) === resolveText(parts[1], scope);
    case 'Fn::Not':
      return !resolveCondition(parts[0], scope);
    case 'Fn::And':
      return parts.every((part) => resolveCondition(part, scope));
    case 'Fn::Or':
      return parts.some((part) => resolveCondition(part, scope));
    default:
      throw new Error(`condition function ${String(name)} is not supported`);
  }
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
  'Fn::If': chooseByCondition,
  'Fn::Base64': (argument, scope) => Buffer.from(resolveText(argument, scope)).toString('base64'),
  'Fn::FindInMap': findInMap,
  'Fn::GetAZs': availabilityZones,
  'Fn::ImportValue': (argument, scope) => scope.imported(resolveText(argument, scope)),
  'Fn::GetStackOutput': getStackOutput,
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

/**
 * With the feature flag `@aws-cdk/core:defaultCrossStackReferences`, CDK uses this function instead of
 * `Fn::ImportValue`.
 */
function getStackOutput(argument: unknown, scope: TemplateScope): unknown {
  const { StackName, OutputName, Region, RoleArn, ...unknown } = recordOf(argument, 'Fn::GetStackOutput');
  const region = Region === undefined ? undefined : resolveText(Region, scope);
  const isElsewhere = region !== undefined && region !== scope.ref('AWS::Region');
  if (isElsewhere || RoleArn !== undefined || Object.keys(unknown).length > 0)
    throw new Error('Fn::GetStackOutput is supported only for stacks of the same account and region');
  return scope.stackOutput(resolveText(StackName, scope), resolveText(OutputName, scope));
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

function chooseByCondition(argument: unknown, scope: TemplateScope): unknown {
  const [name, whenTrue, whenFalse] = listOf(argument);
  return resolveValue(scope.condition(String(name)) ? whenTrue : whenFalse, scope);
}

function findInMap(argument: unknown, scope: TemplateScope): unknown {
  const [mapName, topKey, secondKey] = listOf(argument).map((part) => resolveText(part, scope));
  const map = scope.mappings[String(mapName)];
  const row = isRecord(map) ? map[String(topKey)] : undefined;
  const found = isRecord(row) ? row[String(secondKey)] : undefined;
  if (found === undefined)
    throw new Error(`mapping ${mapName}.${topKey}.${secondKey} is not in the template`);
  return found;
}

/**
 * Returns three zones, as most regions have. Zones only distribute subnets, and local code uses the network
 * of this machine.
 */
function availabilityZones(argument: unknown, scope: TemplateScope): unknown {
  const region = resolveText(argument, scope) || String(scope.ref('AWS::Region'));
  return ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}
