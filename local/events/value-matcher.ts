import { BlockList, isIP } from 'node:net';
import { isRecord, type JsonRecord } from '../json.ts';

/** Tests the scalars of one field; an empty list means that the field is missing. */
export type ValueMatcher = (leaves: readonly unknown[]) => boolean;

type Test = (leaf: unknown) => boolean;

/**
 * Compiles one alternative of a pattern's array: a scalar or one operator. Throws an error that names
 * anything unsupported.
 */
export function compileValueMatcher(alternative: unknown, where: string): ValueMatcher {
  if (isScalar(alternative)) return (leaves) => leaves.includes(alternative);
  if (!isRecord(alternative)) throw new Error(`${where}: a pattern must not have an array in an array`);
  const [operator, operand] = onlyMember(alternative, where);
  if (operator === 'exists') return compileExists(operand, where);
  const test = compileOperator(operator, operand, where);
  return (leaves) => leaves.some(test);
}

function compileOperator(operator: string, operand: unknown, where: string): Test {
  if (operator === 'anything-but') return compileAnythingBut(operand, `${where}.anything-but`);
  if (operator === 'numeric') return compileNumeric(operand, `${where}.numeric`);
  if (operator === 'cidr') return compileCidr(operand, `${where}.cidr`);
  return compileText(operator, operand, where);
}

function compileText(operator: string, operand: unknown, where: string): Test {
  const location = `${where}.${operator}`;
  switch (operator) {
    case 'prefix':
      return compileAffix(operand, location, (text, affix) => text.startsWith(affix));
    case 'suffix':
      return compileAffix(operand, location, (text, affix) => text.endsWith(affix));
    case 'equals-ignore-case': {
      const expected = textOf(operand, location).toLowerCase();
      return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === expected;
    }
    case 'wildcard': {
      const expression = wildcardExpression(textOf(operand, location), location);
      return (leaf) => typeof leaf === 'string' && expression.test(leaf);
    }
    default:
      throw new Error(`${location}: operator is not supported by the local runtime`);
  }
}

function compileAffix(
  operand: unknown,
  where: string,
  matchesAffix: (text: string, affix: string) => boolean,
): Test {
  if (!isRecord(operand)) {
    const affix = textOf(operand, where);
    return (leaf) => typeof leaf === 'string' && matchesAffix(leaf, affix);
  }
  const [name, inner] = onlyMember(operand, where);
  if (name !== 'equals-ignore-case')
    throw new Error(`${where}.${name}: operator is not supported by the local runtime`);
  const affix = textOf(inner, where).toLowerCase();
  return (leaf) => typeof leaf === 'string' && matchesAffix(leaf.toLowerCase(), affix);
}

function compileExists(operand: unknown, where: string): ValueMatcher {
  if (typeof operand !== 'boolean') throw new Error(`${where}.exists: must be true or false`);
  return (leaves) => leaves.length > 0 === operand;
}

function compileAnythingBut(operand: unknown, where: string): Test {
  if (isRecord(operand)) {
    const [operator, inner] = onlyMember(operand, where);
    const tests = listOf(inner, where).map((value) => compileText(operator, value, where));
    return (leaf) => !tests.some((test) => test(leaf));
  }
  const refused = listOf(operand, where);
  const kinds = new Set(refused.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number'))) {
    throw new Error(`${where}: must have only strings or only numbers`);
  }
  return (leaf) => !refused.includes(leaf);
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

function compileNumeric(operand: unknown, where: string): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new Error(`${where}: must have one or two pairs of a comparison and a number`);
  }
  const signs: readonly unknown[] = operand;
  const pairs = [signs.slice(0, 2), signs.slice(2)].filter((pair) => pair.length > 0);
  const tests = pairs.map((pair) => comparisonOf(pair, where));
  return (leaf) => typeof leaf === 'number' && tests.every((test) => test(leaf));
}

function comparisonOf(pair: readonly unknown[], where: string): (value: number) => boolean {
  const [sign, bound] = pair;
  const compare = typeof sign === 'string' ? comparisons[sign] : undefined;
  if (compare === undefined || typeof bound !== 'number') {
    throw new Error(`${where}: ${JSON.stringify(pair)} is not a comparison and a number`);
  }
  return (value) => compare(value, bound);
}

function compileCidr(operand: unknown, where: string): Test {
  const [network = '', bits = ''] = textOf(operand, where).split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || !/^\d+$/.test(bits))
    throw new Error(`${where}: must be an IP address and a prefix length`);
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family);
  const kind = isIP(network);
  return (leaf) => typeof leaf === 'string' && isIP(leaf) === kind && block.check(leaf, family);
}

/** `*` matches any sequence of characters; `\*` and `\\` match these characters literally. */
function wildcardExpression(pattern: string, where: string): RegExp {
  const parts = pattern.match(/\\[*\\]|\*+|[^*\\]+|\\/gs) ?? [];
  const source = parts.map((part) => {
    if (part === '\\' || part.startsWith('**'))
      throw new Error(`${where}: ${pattern} is not a valid wildcard pattern`);
    if (part === '*') return '.*';
    return escaped(part.startsWith('\\') ? part.slice(1) : part);
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function onlyMember(object: JsonRecord, where: string): readonly [string, unknown] {
  const [member, ...rest] = Object.entries(object);
  if (member === undefined || rest.length > 0) throw new Error(`${where}: must have exactly one operator`);
  return member;
}

function listOf(operand: unknown, where: string): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw new Error(`${where}: an empty list is not allowed`);
  return list;
}

function textOf(operand: unknown, where: string): string {
  if (typeof operand !== 'string') throw new Error(`${where}: must be a string`);
  return operand;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
