import type { SubmittedInputs } from '../../contract/schemas/input-schemas.ts';
import type { Service } from '../../services/model/service.ts';
import type { JobInputs } from '../model/job.ts';
import { type CheckInputsDeps, requireInputs } from './check-inputs.ts';
import { submittedIds } from './submitted-inputs.ts';

/** The inputs of a submission of a job to run; absent if it has none. Throws `invalid-inputs` with every violation. */
export async function validatedInputs(
  deps: CheckInputsDeps,
  service: Service,
  submitted: SubmittedInputs | undefined,
): Promise<{ readonly inputs?: JobInputs }> {
  const ids = submittedIds(submitted);
  const inputs = await requireInputs(deps, { tenant: service.tenant, service, ids });
  return Object.keys(inputs).length === 0 ? {} : { inputs };
}
