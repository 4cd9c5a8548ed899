import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a port throws when a fault was injected. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** The result of the call; undefined when it failed by an injected fault. */
export async function unlessInjected<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof InjectedFault) return undefined;
    throw error;
  }
}

/** The ports of a process that dies at one of its next calls: that call and all later ones have no effect. */
export function dyingAfter<Ports extends object>(ports: Ports, calls: number): Ports {
  let left = calls;
  const dies = (method: Method): Method => {
    return async (...input) => {
      left -= 1;
      if (left < 0) throw new InjectedFault('the process is dead');
      return method(...input);
    };
  };
  const wrapped = Object.entries(ports).map(([name, port]) => [
    name,
    portNames.has(name) ? each(port, dies) : port,
  ]);
  return Object.fromEntries(wrapped) as Ports; // each method was replaced by one with the same signature
}

/** The ports of a process with external effects. */
const portNames: ReadonlySet<string> = new Set([
  'jobs',
  'links',
  'services',
  'objects',
  'data',
  'contents',
  'executions',
  'batch',
  'operations',
  'operationQueue',
  'webhooks',
  'webhookSecrets',
  'deliveries',
  'webhookQueue',
  'slowCalls',
  'sender',
]);

function each(port: object, change: (method: Method) => Method): object {
  return Object.fromEntries(Object.entries(port).map(([name, method]) => [name, change(method)]));
}

export interface Faults {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** The current probability of a fault at each call. */
  readonly probability: () => number;
  /** Receives a line for each call. */
  readonly trace: string[];
}

/** The port with calls that interleave with others, can be slow, and can fail before or after their effect. */
export function faulty<Port extends object>(port: Port, faults: Faults): Port {
  const wrapped = Object.entries(port).map(([name, method]) => [name, around(name, method, faults)]);
  return Object.fromEntries(wrapped) as Port; // each method was replaced by one with the same signature
}

type Method = (...input: readonly unknown[]) => Promise<unknown>;

function around(name: string, method: Method, faults: Faults): Method {
  const { scheduler, random, probability, trace } = faults;
  const note = (input: readonly unknown[], outcome: string) =>
    trace.push(`${scheduler.now()} ${name} ${briefly(input)} ${outcome}`);
  return async (...input) => {
    await pause({ scheduler, random });
    if (random.happens(probability() / 2)) {
      note(input, 'had no effect');
      throw new InjectedFault(`${name} had no effect`);
    }
    const result = await method(...input);
    note(input, typeof result === 'string' ? result.slice(0, 40) : 'was done');
    await pause({ scheduler, random });
    if (random.happens(probability() / 2)) {
      note(input, 'lost its response');
      throw new InjectedFault(`${name} had its effect, but the response was lost`);
    }
    return result;
  };
}

/** The subject of a call: the job, and its new state. */
function briefly(input: readonly unknown[]): string {
  const [about] = input;
  if (typeof about !== 'object' || about === null) return String(about).slice(0, 90);
  const known = about as Readonly<Record<string, unknown>>; // any port's input
  const { job, data = job } = known; // of a tombstone
  if (typeof data === 'object') return briefly([data]);
  const { id, jobId = id, dataId, anchorId, status, attempt, version, key, kind, of, cascade } = known;
  const parts = [
    jobId,
    dataId,
    anchorId,
    status,
    attempt,
    version,
    key,
    kind,
    of,
    cascade && JSON.stringify(cascade),
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

function pause({ scheduler, random }: Pick<Faults, 'scheduler' | 'random'>): Promise<void> {
  return random.happens(0.05) ? scheduler.sleep(random.whole(1, 5000)) : scheduler.turn();
}
