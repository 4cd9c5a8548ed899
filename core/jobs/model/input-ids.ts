import type { InputIds, JobInputs } from './job.ts';

/** Reads the IDs of the data objects from the JSON text of `JobInputs`. */
export function inputIdsOf(json: string): InputIds {
  const inputs = JSON.parse(json) as JobInputs; // we stored JSON text of this type
  return Object.fromEntries(Object.entries(inputs).map(([slot, data]) => [slot, data.map(({ id }) => id)]));
}
