import { violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { DataObject } from '../../data/model/data-object.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { Service } from '../../services/model/service.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { InputIds, JobInput, JobInputs } from '../model/job.ts';
import { distinctIds, mapSlots } from '../records/job-inputs.ts';
import { inputViolations, tooManyInputs } from './input-violations.ts';

export interface CheckInputsDeps {
  readonly data: Pick<DataStore, 'getMany'>;
}

/** The inputs of a job or a draft, and the service whose slots they fill. */
export interface InputsToCheck {
  readonly tenant: string;
  /** Undefined in a draft without a service. */
  readonly service: Service | undefined;
  readonly ids: InputIds;
}

export interface CheckedInputs {
  readonly inputs: JobInputs;
  /** The data objects, by their IDs. */
  readonly found: ReadonlyMap<string, DataObject>;
  readonly violations: readonly Violation[];
}

/**
 * Checks inputs against the slots of the service, and reads the data objects, strongly consistent; without inputs, nothing is read.
 * Throws `invalid-inputs` for more data objects than a job can have.
 */
export async function checkInputs(
  deps: CheckInputsDeps,
  { tenant, service, ids }: InputsToCheck,
): Promise<CheckedInputs> {
  requireFewInputs(ids);
  const wanted = distinctIds(ids);
  const read = wanted.length === 0 ? [] : await deps.data.getMany(tenant, wanted);
  const found = new Map(read.map((data) => [data.id, data]));
  return {
    found,
    inputs: mapSlots(ids, (slot) => slot.map((id) => inputOf(id, found.get(id)))),
    violations: inputViolations(ids, service && (service.definition.inputs ?? {}), found),
  };
}

/** Throws `invalid-inputs` for more data objects than a job can have. */
export function requireFewInputs(ids: InputIds): void {
  const violations = tooManyInputs(ids);
  if (violations.length > 0) throw violationsError('invalid-inputs', violations);
}

/** Returns the inputs of a job to run. Throws `invalid-inputs` with every violation. */
export async function requireInputs(
  deps: CheckInputsDeps,
  toCheck: InputsToCheck,
): Promise<Omit<CheckedInputs, 'violations'>> {
  const { violations, ...checked } = await checkInputs(deps, toCheck);
  if (violations.length > 0) throw violationsError('invalid-inputs', violations);
  return checked;
}

function inputOf(id: string, data: DataObject | undefined): JobInput {
  if (data === undefined) return { id };
  const { name, mediaType, sizeBytes } = data;
  return { id, name, mediaType, ...omitUndefined({ sizeBytes }) };
}
