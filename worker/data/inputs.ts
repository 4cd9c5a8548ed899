import type { Attempt } from '../attempt/attempt.ts';
import { longPauses, parseObject } from '../attempt/call-worker.ts';
import { inputUnavailable } from './data-failure.ts';
import { type DataInput, dataInput, type InputDescription } from './data-input.ts';

/** Reads the data objects in the input slots of a job. */
export interface Inputs {
  /**
   * Returns the data object in an input slot; undefined if the job has none there. Throws a `TypeError` if it has
   * several or if the service does not declare the slot, a `ServiceFailure` of type `input-unavailable` if the
   * inputs cannot be listed, and the signal's reason when the attempt has ended.
   */
  input(slot: string): Promise<DataInput | undefined>;
  /** Returns the data objects in an input slot, in the order of the submission. Throws as `input` does. */
  inputs(slot: string): Promise<readonly DataInput[]>;
}

/** A data object with a presigned URL of its content. */
interface ListedInput extends InputDescription {
  readonly url: string;
}

type ListedInputs = ReadonlyMap<string, readonly ListedInput[]>;

/** Creates the interface through which an attempt reads its inputs. They are requested when they are first used. */
export function inputsOf(attempt: Attempt, pauses = longPauses): Inputs {
  const signal = AbortSignal.any([attempt.signal, attempt.closing]);
  let listed: Promise<ListedInputs> | undefined;
  const list = (): Promise<ListedInputs> => {
    const request = listed ?? listInputs(attempt, signal, pauses);
    listed = request;
    // A failed request is repeated at the next use.
    request.catch(() => forget(request));
    return request;
  };
  const forget = (request: Promise<ListedInputs>): void => {
    if (listed === request) listed = undefined;
  };
  const urlOf = async (id: string, rejected?: string): Promise<string> => {
    const request = list();
    const url = find(await request, id);
    if (url !== rejected) return url;
    forget(request);
    return find(await list(), id);
  };
  const inputs = async (slot: string): Promise<readonly DataInput[]> => {
    const found = objectsIn(await list(), slot);
    return found.map(({ url: _, ...description }) => {
      const { id, name, sizeBytes } = description;
      const label = `The input "${name}" of the slot "${slot}"`;
      const url = (rejected?: string) => urlOf(id, rejected);
      return dataInput(description, { label, sizeBytes, url, signal, pauses });
    });
  };
  return {
    inputs,
    async input(slot) {
      const [first, ...others] = await inputs(slot);
      if (others.length > 0)
        throw new TypeError(
          `The input slot "${slot}" contains ${others.length + 1} data objects: use inputs("${slot}").`,
        );
      return first;
    },
  };
}

function objectsIn(listed: ListedInputs, slot: string): readonly ListedInput[] {
  const found = listed.get(slot);
  if (found !== undefined) return found;
  const names = [...listed.keys()].join(', ');
  throw new TypeError(
    names === ''
      ? `"${slot}" is not an input slot of the service, which has no input slots.`
      : `"${slot}" is not an input slot of the service, which has ${names}.`,
  );
}

function find(listed: ListedInputs, id: string): string {
  for (const inputs of listed.values()) {
    const found = inputs.find((input) => input.id === id);
    if (found !== undefined) return found.url;
  }
  throw inputUnavailable(`The input ${id}`, 'the job does not list it any more', false);
}

async function listInputs(
  attempt: Attempt,
  signal: AbortSignal,
  pauses: readonly number[],
): Promise<ListedInputs> {
  signal.throwIfAborted();
  const response = await attempt.call({ method: 'GET', path: '/inputs', pauses, cancel: signal });
  signal.throwIfAborted();
  if (response.kind === 'accepted') return readListing(response.text);
  const detail = response.kind === 'stale' ? 'the attempt has ended' : response.detail;
  throw inputUnavailable('The inputs of the job', detail, response.kind === 'unanswered');
}

function readListing(text: string): ListedInputs {
  const slots = Object.entries(parseObject(text));
  if (slots.length === 0 && text.trim() !== '{}') throw notListed();
  return new Map(
    slots.map(([slot, inputs]) => {
      if (!Array.isArray(inputs) || !inputs.every(isListedInput)) throw notListed();
      return [slot, inputs.map(withoutOtherMembers)];
    }),
  );
}

function withoutOtherMembers({ id, name, mediaType, sizeBytes, url }: ListedInput): ListedInput {
  return { id, name, mediaType, sizeBytes, url };
}

function isListedInput(value: unknown): value is ListedInput {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, mediaType, sizeBytes, url } = value as Record<string, unknown>; // members of any type
  return (
    [id, name, mediaType, url].every((text) => typeof text === 'string') && typeof sizeBytes === 'number'
  );
}

function notListed(): Error {
  return inputUnavailable('The inputs of the job', 'the response does not list them', true);
}
