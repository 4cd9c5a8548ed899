import type { Submission } from '../contract/job-schemas.ts';
import type { JsonValue } from '../contract/json.ts';
import { faultsError } from '../contract/problem-error.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import { markUsed } from '../services/mark-used.ts';
import { unusableJson } from '../services/schema/unusable-json.ts';
import { selectVersion } from '../services/select-version.ts';
import type { Service } from '../services/service.ts';
import { validateParameters } from '../services/validation/validate-parameters.ts';

/** Both forms of the parameters as JSON text; `request` only when the defaults changed something. */
export interface CheckedParameters {
  readonly parameters: string;
  readonly request?: string;
}

/** The version that a submission means, and its parameters as that version takes them. */
export interface ChosenService {
  readonly service: Service;
  readonly parameters: CheckedParameters;
}

const maxMetadataBytes = 4096;

/** Bare parameters pass through a state of the router, which holds 262,144 bytes in all. */
const maxBareParametersBytes = 204_800;

/**
 * Checks a submission against the version that it means, and changes nothing. Throws `invalid-request`,
 * `service-not-found`, `ambiguous-version` or `invalid-parameters`.
 */
export async function chooseService(
  deps: { readonly services: ServiceStore },
  { tenant, submission }: { readonly tenant: string; readonly submission: Submission },
): Promise<ChosenService> {
  checkMetadata(submission);
  const service = await selectVersion(deps, { tenant, selector: submission.service });
  return { service, parameters: checkParameters(service, submittedParameters(submission)) };
}

/**
 * Marks the chosen version as used, before a job of it exists. A version that no job has used may be changed until
 * then: its new definition is what counts, and may refuse the parameters with `invalid-parameters`.
 */
export async function holdService(
  deps: { readonly services: ServiceStore },
  submission: Submission,
  chosen: ChosenService,
): Promise<ChosenService> {
  let held = chosen;
  for (;;) {
    const { service, outcome } = await markUsed(deps, held.service);
    if (outcome === 'marked') return { ...held, service };
    held = { service, parameters: checkParameters(service, submittedParameters(submission)) };
  }
}

function checkMetadata({ metadata }: Submission): void {
  if (metadata === undefined) return;
  const faults = [...unusableJson(metadata, '/metadata')];
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) {
    const detail = `must be at most ${maxMetadataBytes} bytes of JSON`;
    faults.push({ pointer: '/metadata', keyword: 'maxLength', detail });
  }
  if (faults.length > 0) throw faultsError('invalid-request', faults);
}

function checkParameters(service: Service, submitted: JsonValue): CheckedParameters {
  const { parameters, faults } = validateParameters({
    schema: service.definition.parameters,
    parameters: submitted,
    root: '/parameters',
  });
  if (faults.length > 0) throw faultsError('invalid-parameters', faults);
  const [filled, request] = [JSON.stringify(parameters), JSON.stringify(submitted)];
  checkBareSize(service, filled);
  return filled === request ? { parameters: filled } : { parameters: filled, request };
}

/** A service that takes the envelope is told where large parameters are; one that takes them bare cannot be. */
function checkBareSize({ definition }: Service, filled: string): void {
  if (definition.dispatcher.payload !== 'parameters' || Buffer.byteLength(filled) <= maxBareParametersBytes)
    return;
  const detail = `must be at most ${maxBareParametersBytes} bytes of JSON, since this service takes its parameters bare`;
  throw faultsError('invalid-parameters', [{ pointer: '/parameters', keyword: 'maxLength', detail }]);
}

/** An explicit null is a value like any other. */
function submittedParameters({ parameters }: Submission): JsonValue {
  return parameters === undefined ? {} : parameters;
}
