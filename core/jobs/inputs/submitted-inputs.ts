import { parseDataId } from '../../contract/names.ts';
import type { JobEdit } from '../../contract/schemas/draft-schemas.ts';
import type { SubmittedInputs } from '../../contract/schemas/input-schemas.ts';
import type { InputIds } from '../model/job.ts';

/** The IDs of submitted inputs, without empty slots. */
export function submittedIds(inputs: SubmittedInputs = {}): InputIds {
  const slots = Object.entries(inputs).map(([slot, references]) => [slot, parseIds(references)] as const);
  return Object.fromEntries(slots.filter(([, ids]) => ids.length > 0));
}

/** The IDs of inputs after a merge patch: null or an empty list empties a slot, another list replaces its content. */
export function editedIds(current: InputIds, edit: JobEdit['inputs']): InputIds {
  if (edit === undefined) return current;
  if (edit === null) return {};
  const slots = new Map(Object.entries(current));
  for (const [slot, references] of Object.entries(edit)) {
    const ids = parseIds(references ?? []);
    if (ids.length === 0) slots.delete(slot);
    else slots.set(slot, ids);
  }
  return Object.fromEntries(slots);
}

function parseIds(references: readonly string[]): readonly string[] {
  return references.flatMap((reference) => parseDataId(reference) ?? []);
}
