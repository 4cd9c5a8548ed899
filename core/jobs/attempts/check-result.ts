import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import { validateValue } from '../../json-schema/validation/validate-value.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import type { Job, StoredJson } from '../model/job.ts';
import type { AttemptOutcome } from '../model/settle-job.ts';
import { missingOutputs } from '../outputs/missing-outputs.ts';
import { readServiceOf } from '../records/accepted-definition.ts';
import { storeJson } from '../records/stored-json.ts';
import { type OfferResultDeps, offerResult } from '../reuse/offer-result.ts';

/**
 * Maximum length of a pointer and of a detail in the stored failure: the name of a member of a result may be
 * very long.
 */
const maxDetailCharacters = 500;

export interface CheckResultDeps extends OfferResultDeps {
  readonly services: ServiceReader;
}

/**
 * Checks what a service returned, and stores it as the result of the job if it matches the service's result
 * schema. Returns the outcome of the attempt.
 */
export async function checkAndStoreResult(
  deps: CheckResultDeps & { readonly objects: ObjectStore },
  job: Job,
  value: unknown,
): Promise<AttemptOutcome> {
  const invalid = await invalidEnd(deps, job, { value });
  if (invalid !== undefined) return invalid;
  const owner = { tenant: job.tenant, jobId: job.id, role: 'result' } as const;
  return successWith(deps, job, await storeJson(deps.objects, owner, JSON.stringify(value)));
}

/** The outcome of an attempt that succeeds with a stored result, which other jobs can reuse from now on. */
export async function successWith(
  deps: CheckResultDeps,
  job: Job,
  result: StoredJson,
): Promise<AttemptOutcome> {
  if (job.contentDigest !== undefined) {
    const service = job.hasOutputs === true ? await readServiceOf(deps.services, job) : undefined;
    await offerResult(deps, job, service?.definition.outputs);
  }
  return { kind: 'succeeded', result };
}

/**
 * The outcome of an attempt that must not succeed: its result does not match the schema of the service, or it wrote no data object
 * to a required output slot. Undefined if it may succeed.
 * @param result undefined for an uploaded result that is not checked
 */
export async function invalidEnd(
  deps: CheckResultDeps,
  job: Job,
  result: { readonly value: unknown } | undefined,
): Promise<AttemptOutcome | undefined> {
  const definition = (await readServiceOf(deps.services, job))?.definition;
  const violations = result === undefined ? [] : resultViolations(definition?.result, result.value);
  if (violations.length > 0) return invalidResult(violations);
  const missing = await missingOutputs(deps, job, definition?.outputs);
  if (missing.length === 0) return undefined;
  const detail = `The attempt wrote no data object to the required output slot${missing.length === 1 ? '' : 's'} ${missing.join(', ')}`;
  return { kind: 'failed', code: 'invalid-result', detail };
}

/** The violations of a result; without a schema, only values that JSON cannot represent. */
function resultViolations(schema: JsonObject | undefined, value: unknown): readonly Violation[] {
  const parsed = value as JsonValue; // parsed from JSON: the state machine's input, a report or an upload
  if (schema === undefined) return unusableJson(parsed, '');
  return validateValue({ schema, value: parsed, root: '' }).violations;
}

/** The outcome of an attempt whose result does not match the schema. */
export function invalidResult(violations: readonly Violation[]): AttemptOutcome {
  return { kind: 'failed', code: 'invalid-result', detail: describeErrors(violations) };
}

function describeErrors(violations: readonly Violation[]): string {
  const report = violations
    .slice(0, 5)
    .map(({ pointer, detail }) => `${pointer === '' ? 'the result' : shorten(pointer)} ${shorten(detail)}`);
  const more = violations.length > 5 ? `; and ${violations.length - 5} more` : '';
  return `The result does not match the service's result schema: ${report.join('; ')}${more}`;
}

function shorten(text: string): string {
  return text.length <= maxDetailCharacters ? text : `${text.slice(0, maxDetailCharacters).toWellFormed()}…`;
}
