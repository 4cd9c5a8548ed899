import type { JsonObject } from '../../contract/json.ts';
import { violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import { type CheckTime, newCheckTime } from '../../json-schema/limits/check-time.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { markUsed } from '../../services/mark-used.ts';
import type { Service } from '../../services/model/service.ts';
import { selectVersion } from '../../services/select-version.ts';
import type { JobInputs } from '../model/job.ts';
import type { CheckedDraft } from './check-draft.ts';
import { type CheckedParameters, checkParameters, submittedParameters } from './check-parameters.ts';

/** A checked submission of a job to run: its service version, the parameters with the defaults, and the inputs. */
export interface CheckedSubmission {
  readonly kind: 'job';
  readonly service: Service;
  readonly parameters: CheckedParameters;
  /** Absent if the job uses no data objects. */
  readonly inputs?: JobInputs;
  /** See `Job`. */
  readonly contentDigest?: string;
}

const maxMetadataBytes = 4096;

/**
 * Stands for the errors in the first pass of a check. Only a check that fails has a second pass, which
 * describes the errors.
 */
const placeholderViolation: Violation = {
  pointer: '/parameters',
  detail: 'does not match the schema',
  keyword: 'schema',
};

/** The limits that all checks of one request share. */
export interface SharedChecks {
  readonly time: CheckTime;
  /** Undefined if the next check may start immediately; otherwise it may start when the promise resolves. */
  readonly pauseIfNeeded: () => Promise<void> | undefined;
}

export interface ChooseServiceDeps {
  readonly services: ServiceStore;
  /** Read only for a submission with inputs, and listed only for one with `reuse`. */
  readonly data: Pick<DataStore, 'getMany' | 'list'>;
  /** Shared by all submissions of one request; if absent, each submission has its own time. */
  readonly checks?: SharedChecks | undefined;
}

/**
 * Selects the service version of a submission and checks the metadata, the parameters and the inputs against it;
 * changes nothing. Throws `invalid-request`, `service-not-found`, `ambiguous-version`, `invalid-metadata`,
 * `invalid-parameters` or `invalid-inputs`.
 */
export async function chooseService(
  deps: ChooseServiceDeps,
  { tenant, submission }: { readonly tenant: string; readonly submission: Submission },
): Promise<CheckedSubmission | CheckedDraft> {
  checkMetadata(submission.metadata);
  const selector = submission.service;
  const service = selector === undefined ? undefined : await selectVersion(deps, { tenant, selector });
  if (submission.reuse !== undefined) {
    const { checkReuse } = await import('./uncommon-submissions.ts');
    checkReuse(submission, service);
  }
  if (submission.start === false) {
    // Most jobs are started immediately, so the code for drafts is loaded only when it is needed.
    const { draftOf } = await import('./uncommon-submissions.ts');
    const pause = deps.checks?.pauseIfNeeded();
    if (pause !== undefined) await pause;
    return draftOf(deps, { tenant, submission, service });
  }
  if (service === undefined) {
    throw violationsError('invalid-request', [
      { pointer: '/service', detail: 'is required', keyword: 'required' },
    ]);
  }
  const pause = deps.checks?.pauseIfNeeded();
  if (pause !== undefined) await pause;
  return { kind: 'job', service, ...(await validatedContent(deps, service, submission)) };
}

/**
 * Marks the selected version as used, so that it cannot change once a job uses it. If it was changed since the
 * check, the metadata, the parameters and the inputs are checked again, against the new definition. The version of
 * a draft is marked only when the draft is started. Throws `invalid-metadata`, `invalid-parameters`,
 * `invalid-inputs` and `service-not-found`.
 */
export async function markServiceUsed(
  deps: ChooseServiceDeps,
  submission: Submission,
  checked: CheckedSubmission | CheckedDraft,
): Promise<CheckedSubmission | CheckedDraft> {
  if (checked.kind === 'draft') return checked;
  let current = checked;
  for (;;) {
    const { service, outcome } = await markUsed(deps, current.service);
    if (outcome === 'marked') return { ...current, service };
    current = { kind: 'job', service, ...(await validatedContent(deps, service, submission)) };
  }
}

/** Throws `invalid-request` for metadata that cannot be stored. */
export function checkMetadata(metadata: JsonObject | undefined): void {
  if (metadata === undefined) return;
  const violations = [...unusableJson(metadata, '/metadata')];
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) {
    const detail = `must be at most ${maxMetadataBytes} bytes of JSON`;
    violations.push({ pointer: '/metadata', keyword: 'maxLength', detail });
  }
  if (violations.length > 0) throw violationsError('invalid-request', violations);
}

async function validatedContent(
  deps: ChooseServiceDeps,
  service: Service,
  submission: Submission,
): Promise<Pick<CheckedSubmission, 'parameters' | 'inputs' | 'contentDigest'>> {
  const parameters = await validatedParameters(service, submission, deps.checks?.time);
  const { inputs: slots, deterministic } = service.definition;
  if (submission.inputs === undefined && slots === undefined && deterministic !== true) return { parameters };
  // Most jobs have no inputs, so the code for them is loaded only when it is needed.
  const { contentMember, validatedInputs } = await import('./uncommon-submissions.ts');
  const { inputs, found } = await validatedInputs(deps, service, submission.inputs);
  return {
    parameters,
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    ...contentMember(service, { parameters: parameters.parameters, inputs, found }),
  };
}

/** Checks the indexed metadata and the parameters of a submission; returns the parameters. */
async function validatedParameters(
  service: Service,
  submission: Submission,
  time = newCheckTime(),
): Promise<CheckedParameters> {
  const { indexedMetadata } = service.definition;
  if (indexedMetadata !== undefined && submission.metadata !== undefined) {
    // Few services index metadata, so the code for them is loaded only when it is needed.
    const { checkIndexedMetadata } = await import('./uncommon-submissions.ts');
    checkIndexedMetadata(indexedMetadata, submission.metadata);
  }
  const submitted = submittedParameters(submission);
  const firstPass = checkParameters(service, submitted, {
    describeViolations: () => [placeholderViolation],
    time,
  });
  if (firstPass.violations.length === 0) return firstPass.parameters;
  // A check that took too much time is not repeated.
  if (!firstPass.violations.includes(placeholderViolation))
    throw violationsError('invalid-parameters', firstPass.violations);
  // Most parameters are valid, so the code that describes errors is loaded only when it is needed.
  const { describeViolations } = await import('../../json-schema/validation/describe-violations.ts');
  const { parameters, violations } = checkParameters(service, submitted, { describeViolations, time });
  if (violations.length > 0) throw violationsError('invalid-parameters', violations);
  return parameters;
}
