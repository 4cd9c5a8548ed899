import type { Node } from 'constructs';
import { readOrigins } from '../../core/contract/http/cors-origins.ts';
import { type FunctionName, functionEntries } from '../bundling/function-entries.ts';

/** The functions of this stack; those of the examples belong to another stack. */
const stackFunctions = Object.entries(functionEntries)
  .filter(([, entry]) => entry.startsWith('functions/'))
  .map(([name]) => name);

/** The reserved concurrency of functions, which is also their maximum concurrency. */
export type ReservedConcurrency = Readonly<Partial<Record<FunctionName, number>>>;

/** Settings of the command line or cdk.json; the stack's defaults apply to absent ones. */
export interface StackSettings {
  readonly maxHeldCalls?: number;
  readonly heldCallsPercent?: number;
  readonly retentionDays?: number;
  readonly dataRetentionDays?: number;
  readonly eventLogDays?: number;
  readonly reservedConcurrency?: ReservedConcurrency;
  readonly corsOrigins?: readonly string[];
}

/** Reads the settings of an app. Throws an error with the name of the setting for invalid values. */
export function stackSettings(node: Node): StackSettings {
  return {
    ...wholeNumberOf(node, 'maxHeldCalls', 999),
    ...wholeNumberOf(node, 'heldCallsPercent', 100),
    ...wholeNumberOf(node, 'retentionDays', 36_500),
    ...wholeNumberOf(node, 'dataRetentionDays', 36_500),
    ...wholeNumberOf(node, 'eventLogDays', 3650),
    ...reservationsOf(node),
    ...originsOf(node),
  };
}

function wholeNumberOf<Name extends Exclude<keyof StackSettings, 'reservedConcurrency'>>(
  node: Node,
  name: Name,
  max: number,
): { readonly [Key in Name]?: number } {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined) return {};
  const text = String(value);
  if (!/^\d{1,5}$/.test(text) || Number(text) > max)
    throw new Error(`-c ${name}=${text} is not valid: it must be a whole number from 0 to ${max}`);
  return { [name]: Number(text) } as { readonly [Key in Name]?: number }; // a computed key widens
}

/** Reads text from the command line, such as `dispatch=50,settle=50`, or an object from cdk.json. */
function reservationsOf(node: Node): Pick<StackSettings, 'reservedConcurrency'> {
  const value: unknown = node.tryGetContext('reservedConcurrency');
  if (value === undefined) return {};
  const pairs =
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, count]) => `${name}=${count}`)
      : String(value).split(',');
  const reserved = pairs.map((pair) => {
    const [, name = '', count = ''] = /^([a-z-]+)=(\d{1,5})$/.exec(pair.trim()) ?? [];
    if (!stackFunctions.includes(name))
      throw new Error(
        `-c reservedConcurrency=${String(pairs)}: ${pair} must have the form <function>=<number>, such as dispatch=50, with a function of this stack`,
      );
    return [name, Number(count)] as const;
  });
  return { reservedConcurrency: Object.fromEntries(reserved) };
}

/** Reads text from the command line, such as `https://a.example,https://b.example`, or a list from cdk.json. */
function originsOf(node: Node): Pick<StackSettings, 'corsOrigins'> {
  const value: unknown = node.tryGetContext('corsOrigins');
  if (value === undefined) return {};
  const texts = Array.isArray(value) ? value.map(String) : String(value).split(',');
  return { corsOrigins: readOrigins(texts.map((text) => text.trim()).filter((text) => text !== '')) };
}
