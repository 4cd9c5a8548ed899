import type { JsonObject } from '../../contract/json.ts';
import { faultsError } from '../../contract/problems/problem-error.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import { type CheckTime, newCheckTime } from '../../json-schema/limits/check-time.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { markUsed } from '../../services/mark-used.ts';
import type { Service } from '../../services/model/service.ts';
import { selectVersion } from '../../services/select-version.ts';
import { type CheckedParameters, checkParameters, submittedParameters } from './check-parameters.ts';
import type { ChosenDraft } from './judge-draft.ts';

/** The version that a submission means, and its parameters as that version takes them. */
export interface ChosenService {
  readonly service: Service;
  readonly parameters: CheckedParameters;
}

const maxMetadataBytes = 4096;

/** Stands for what is told only when it is needed. */
const describeViolation: Fault = {
  pointer: '/parameters',
  detail: 'does not fit the schema',
  keyword: 'schema',
};

export interface SharedChecks {
  readonly time: CheckTime;
  /** Undefined when the next check may begin at once; otherwise it may when this resolves. */
  readonly giveWay: () => Promise<void> | undefined;
}

export interface ChooseServiceDeps {
  readonly services: ServiceStore;
  /** What several submissions of one request share; each has its own time when absent. */
  readonly checks?: SharedChecks | undefined;
}

/**
 * Checks a submission against the version that it means, and changes nothing. Throws `invalid-request`,
 * `service-not-found`, `ambiguous-version` or `invalid-parameters`.
 */
export async function chooseService(
  deps: ChooseServiceDeps,
  { tenant, submission }: { readonly tenant: string; readonly submission: Submission },
): Promise<ChosenService | ChosenDraft> {
  checkMetadata(submission.metadata);
  const selector = submission.service;
  const service = selector === undefined ? undefined : await selectVersion(deps, { tenant, selector });
  if (submission.start === false) {
    // Most jobs are started at once: what drafts need is loaded by the first one.
    const { chooseDraft } = await import('./judge-draft.ts');
    const way = deps.checks?.giveWay();
    if (way !== undefined) await way;
    return chooseDraft(submission, service, deps.checks?.time);
  }
  if (service === undefined) {
    throw faultsError('invalid-request', [
      { pointer: '/service', detail: 'is required', keyword: 'required' },
    ]);
  }
  const way = deps.checks?.giveWay();
  if (way !== undefined) await way;
  return { service, parameters: await acceptedParameters(service, submission, deps.checks?.time) };
}

/**
 * Marks the chosen version as used, before a job of it exists. A version that no job has used may be changed until
 * then: its new definition is what counts, and may refuse the parameters with `invalid-parameters`. A draft holds no
 * version before it is started.
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

/** Throws `invalid-request` for metadata that cannot be kept. */
export function checkMetadata(metadata: JsonObject | undefined): void {
  if (metadata === undefined) return;
  const faults = [...unusableJson(metadata, '/metadata')];
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) {
    const detail = `must be at most ${maxMetadataBytes} bytes of JSON`;
    faults.push({ pointer: '/metadata', keyword: 'maxLength', detail });
  }
  if (faults.length > 0) throw faultsError('invalid-request', faults);
}

async function acceptedParameters(
  service: Service,
  submission: Submission,
  time = newCheckTime(),
): Promise<CheckedParameters> {
  const submitted = submittedParameters(submission);
  const quick = checkParameters(service, submitted, { tell: () => [describeViolation], time });
  if (quick.faults.length === 0) return quick.parameters;
  // What takes too much time to check is not checked twice.
  if (!quick.faults.includes(describeViolation)) throw faultsError('invalid-parameters', quick.faults);
  // Most parameters fit: the words for what is wrong are loaded by the first that do not.
  const { describeViolation: tellMisfit } = await import(
    '../../json-schema/validation/describe-violation.ts'
  );
  const { parameters, faults } = checkParameters(service, submitted, { tell: tellMisfit, time });
  if (faults.length > 0) throw faultsError('invalid-parameters', faults);
  return parameters;
}
