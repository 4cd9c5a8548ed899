import { isRecord, type JsonRecord } from '../json.ts';
import { compileAddressBlock, readIpAddress } from './ip-address.ts';

type Test = (leaf: unknown) => boolean;

/** What a field must be. */
export interface ValueMatcher {
  /** Whether a scalar of the field matches. */
  readonly test: Test;
  /** Whether a missing field matches. */
  readonly absent: boolean;
}

/**
 * Compiles one alternative of a pattern's array: a scalar or one operator. Throws an error that names
 * anything unsupported.
 */
export function compileValueMatcher(alternative: unknown, where: string): ValueMatcher {
  if (isScalar(alternative)) return present(compileEquals(alternative));
  if (!isRecord(alternative)) throw new Error(`${where}: a pattern must not have an array in an array`);
  const [operator, operand] = onlyMember(alternative, where);
  if (operator === 'exists') return compileExists(operand, where);
  return present(compileOperator(operator, operand, where));
}

function present(test: Test): ValueMatcher {
  return { test, absent: false };
}

/** An IP address equals every other form of it. */
function compileEquals(expected: string | number | boolean | null): Test {
  const address = typeof expected === 'string' ? readIpAddress(expected) : undefined;
  if (address === undefined) return (leaf) => leaf === expected;
  return (leaf) => {
    const found = typeof leaf === 'string' ? readIpAddress(leaf) : undefined;
    return found?.bits === address.bits && found.value === address.value;
  };
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
      return compileAffix('prefix', operand, location);
    case 'suffix':
      return compileAffix('suffix', operand, location);
    case 'equals-ignore-case': {
      const expression = new RegExp(`^${ignoringCase(textOf(operand, location))}$`);
      return (leaf) => typeof leaf === 'string' && expression.test(leaf);
    }
    case 'wildcard': {
      const expression = wildcardExpression(textOf(operand, location), location);
      return (leaf) => typeof leaf === 'string' && expression.test(leaf);
    }
    default:
      throw new Error(`${location}: operator is not supported by the local runtime`);
  }
}

function compileAffix(affix: 'prefix' | 'suffix', operand: unknown, where: string): Test {
  if (!isRecord(operand)) {
    const text = textOf(operand, where);
    if (affix === 'prefix') return (leaf) => typeof leaf === 'string' && leaf.startsWith(text);
    return (leaf) => typeof leaf === 'string' && leaf.endsWith(text);
  }
  const [name, inner] = onlyMember(operand, where);
  if (name !== 'equals-ignore-case')
    throw new Error(`${where}.${name}: operator is not supported by the local runtime`);
  const source = ignoringCase(textOf(inner, where));
  const expression = new RegExp(affix === 'prefix' ? `^${source}` : `${source}$`);
  return (leaf) => typeof leaf === 'string' && expression.test(leaf);
}

/** Each UTF-16 code unit matches its own lower and upper case, as in Event Ruler: `ß` matches SS, but `k` no Kelvin sign. */
function ignoringCase(text: string): string {
  const forms = text.split('').map((unit) => [unit.toLowerCase(), unit.toUpperCase()].map(escaped));
  return forms.map(([lower, upper]) => (lower === upper ? lower : `(?:${lower}|${upper})`)).join('');
}

function compileExists(operand: unknown, where: string): ValueMatcher {
  if (typeof operand !== 'boolean') throw new Error(`${where}.exists: must be true or false`);
  return { test: () => operand, absent: !operand };
}

function compileAnythingBut(operand: unknown, where: string): Test {
  if (isRecord(operand)) {
    const [operator, inner] = onlyMember(operand, where);
    const tests = listOf(inner, where).map((value) => {
      const isAffix = operator === 'prefix' || operator === 'suffix';
      if (isAffix && textOf(value, where) === '')
        throw new Error(`${where}: a ${operator} must not be empty`);
      return compileText(operator, value, where);
    });
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

/** One comparison, or a range: first its lower bound, then its greater upper bound. */
function compileNumeric(operand: unknown, where: string): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new Error(`${where}: must have one or two pairs of a comparison and a number`);
  }
  const first = comparisonOf(operand.slice(0, 2), where);
  if (operand.length === 2) return (leaf) => typeof leaf === 'number' && first.test(leaf);
  const second = comparisonOf(operand.slice(2), where);
  const isRange = first.sign.startsWith('>') && second.sign.startsWith('<') && first.bound < second.bound;
  if (!isRange)
    throw new Error(`${where}: two comparisons must be > or >=, then < or <= and a greater number`);
  return (leaf) => typeof leaf === 'number' && first.test(leaf) && second.test(leaf);
}

interface Comparison {
  readonly sign: string;
  readonly bound: number;
  readonly test: (value: number) => boolean;
}

function comparisonOf(pair: readonly unknown[], where: string): Comparison {
  const [sign, bound] = pair;
  const compare = typeof sign === 'string' ? comparisons[sign] : undefined;
  if (typeof sign !== 'string' || compare === undefined || typeof bound !== 'number') {
    throw new Error(`${where}: ${JSON.stringify(pair)} is not a comparison and a number`);
  }
  return { sign, bound, test: (value) => compare(value, bound) };
}

function compileCidr(operand: unknown, where: string): Test {
  const contains = compileAddressBlock(textOf(operand, where), where);
  return (leaf) => typeof leaf === 'string' && contains(leaf);
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
