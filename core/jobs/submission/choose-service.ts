import type { JsonObject } from '../../contract/json.ts';
import { violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import { type CheckTime, newCheckTime } from '../../json-schema/limits/check-time.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { markUsed } from '../../services/mark-used.ts';
import type { Service } from '../../services/model/service.ts';
import { selectVersion } from '../../services/select-version.ts';
import type { ChosenDraft } from './check-draft.ts';
import { type CheckedParameters, checkParameters, submittedParameters } from './check-parameters.ts';

/** The service version of a submission, and the parameters with its defaults. */
export interface ChosenService {
  readonly service: Service;
  readonly parameters: CheckedParameters;
}

const maxMetadataBytes = 4096;

/** Stands for the errors, which are described only if they are needed. */
const placeholderViolation: Violation = {
  pointer: '/parameters',
  detail: 'does not match the schema',
  keyword: 'schema',
};

export interface SharedChecks {
  readonly time: CheckTime;
  /** Undefined if the next check may start at once; otherwise it may start when the promise resolves. */
  readonly pauseIfNeeded: () => Promise<void> | undefined;
}

export interface ChooseServiceDeps {
  readonly services: ServiceStore;
  /** Shared by all submissions of one request; if absent, each submission has its own time. */
  readonly checks?: SharedChecks | undefined;
}

/**
 * Selects the service version of a submission and checks the parameters against it; changes nothing. Throws
 * `invalid-request`, `service-not-found`, `ambiguous-version` or `invalid-parameters`.
 */
export async function chooseService(
  deps: ChooseServiceDeps,
  { tenant, submission }: { readonly tenant: string; readonly submission: Submission },
): Promise<ChosenService | ChosenDraft> {
  checkMetadata(submission.metadata);
  const selector = submission.service;
  const service = selector === undefined ? undefined : await selectVersion(deps, { tenant, selector });
  if (submission.start === false) {
    // Most jobs are started at once, so the code for drafts is loaded only when it is needed.
    const { chooseDraft } = await import('./check-draft.ts');
    const pause = deps.checks?.pauseIfNeeded();
    if (pause !== undefined) await pause;
    return chooseDraft(submission, service, deps.checks?.time);
  }
  if (service === undefined) {
    throw violationsError('invalid-request', [
      { pointer: '/service', detail: 'is required', keyword: 'required' },
    ]);
  }
  const pause = deps.checks?.pauseIfNeeded();
  if (pause !== undefined) await pause;
  return { service, parameters: await acceptedParameters(service, submission, deps.checks?.time) };
}

/**
 * Marks the selected version as used, before a job of it exists. Until then an unused version may be changed:
 * its new definition applies, and the parameters may be refused with `invalid-parameters`. The version of a
 * draft is not marked before the draft is started.
 */
export async function markServiceUsed(
  deps: ChooseServiceDeps,
  submission: Submission,
  chosen: ChosenService | ChosenDraft,
): Promise<ChosenService | ChosenDraft> {
  if ('draft' in chosen) return chosen;
  let marked = chosen;
  for (;;) {
    const { service, outcome } = await markUsed(deps, marked.service);
    if (outcome === 'marked') return { ...marked, service };
    marked = { service, parameters: await acceptedParameters(service, submission, deps.checks?.time) };
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

async function acceptedParameters(
  service: Service,
  submission: Submission,
  time = newCheckTime(),
): Promise<CheckedParameters> {
  const submitted = submittedParameters(submission);
  const quick = checkParameters(service, submitted, { describe: () => [placeholderViolation], time });
  if (quick.violations.length === 0) return quick.parameters;
  // A check that took too much time is not repeated.
  if (!quick.violations.includes(placeholderViolation))
    throw violationsError('invalid-parameters', quick.violations);
  // Most parameters are valid, so the code that describes errors is loaded only when it is needed.
  const { describeViolations: describe } = await import(
    '../../json-schema/validation/describe-violations.ts'
  );
  const { parameters, violations } = checkParameters(service, submitted, { describe, time });
  if (violations.length > 0) throw violationsError('invalid-parameters', violations);
  return parameters;
}
