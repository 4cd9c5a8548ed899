import type { Node } from 'constructs';
import { type FunctionName, functionEntries } from '../bundling/function-entries.ts';

/** Functions of the examples belong to another stack. */
const stackFunctions = Object.entries(functionEntries)
  .filter(([, entry]) => entry.startsWith('functions/'))
  .map(([name]) => name);

/** How many invocations each of these functions has to itself, and may have at most. */
export type ReservedConcurrency = Readonly<Partial<Record<FunctionName, number>>>;

/** Settings of the command line or cdk.json that are numbers; the absent ones are left to the stack. */
export interface StackSettings {
  readonly maxHeldCalls?: number;
  readonly heldCallsPercent?: number;
  readonly retentionDays?: number;
  readonly reservedConcurrency?: ReservedConcurrency;
}

/** Reads the settings of an app. Throws, naming the setting, for values that are not allowed. */
export function stackSettings(node: Node): StackSettings {
  return {
    ...wholeNumberOf(node, 'maxHeldCalls', 999),
    ...wholeNumberOf(node, 'heldCallsPercent', 100),
    ...wholeNumberOf(node, 'retentionDays', 36_500),
    ...reservationsOf(node),
  };
}

function wholeNumberOf<Name extends 'maxHeldCalls' | 'heldCallsPercent' | 'retentionDays'>(
  node: Node,
  name: Name,
  most: number,
): { readonly [one in Name]?: number } {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined) return {};
  const text = String(value);
  if (!/^\d{1,5}$/.test(text) || Number(text) > most)
    throw new Error(`-c ${name}=${text}: give a whole number from 0 to ${most}`);
  return { [name]: Number(text) } as { readonly [one in Name]?: number }; // a computed key widens
}

/** The command line gives text, `dispatch=50,settle=50`, and cdk.json may give an object. */
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
        `-c reservedConcurrency=${String(pairs)}: ${pair} is not a function of the service with a number: give dispatch=50,settle=50 for one`,
      );
    return [name, Number(count)] as const;
  });
  return { reservedConcurrency: Object.fromEntries(reserved) };
}
