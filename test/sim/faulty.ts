import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a port throws when a fault was injected. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** What the call answers; undefined when it failed by an injected fault. */
export async function unlessInjected<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof InjectedFault) return undefined;
    throw error;
  }
}

export interface Faults {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** Chance of a fault at each call, as of now. */
  readonly probability: () => number;
}

/** The port with calls that take turns with others, may be slow, and may fail before or after they had their effect. */
export function faulty<Port extends object>(port: Port, faults: Faults): Port {
  const wrapped = Object.entries(port).map(([name, method]) => [name, around(name, method, faults)]);
  return Object.fromEntries(wrapped) as Port; // each method was replaced by one with the same signature
}

type Method = (...input: readonly unknown[]) => Promise<unknown>;

function around(name: string, method: Method, { scheduler, random, probability }: Faults): Method {
  return async (...input) => {
    await pause({ scheduler, random });
    if (random.happens(probability() / 2)) throw new InjectedFault(`${name} had no effect`);
    const answer = await method(...input);
    await pause({ scheduler, random });
    if (random.happens(probability() / 2))
      throw new InjectedFault(`${name} had its effect, the answer was lost`);
    return answer;
  };
}

function pause({ scheduler, random }: Pick<Faults, 'scheduler' | 'random'>): Promise<void> {
  return random.happens(0.05) ? scheduler.sleep(random.whole(1, 5000)) : scheduler.turn();
}
