import type { SubmittedInputs } from '../../contract/schemas/input-schemas.ts';
import type { Service } from '../../services/model/service.ts';
import { type CheckedInputs, type CheckInputsDeps, requireInputs } from './check-inputs.ts';
import { submittedIds } from './submitted-inputs.ts';

/** The inputs of a submission of a job to run. Throws `invalid-inputs` with every violation. */
export function validatedInputs(
  deps: CheckInputsDeps,
  service: Service,
  submitted: SubmittedInputs | undefined,
): Promise<Omit<CheckedInputs, 'violations'>> {
  return requireInputs(deps, { tenant: service.tenant, service, ids: submittedIds(submitted) });
}
