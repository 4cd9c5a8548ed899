import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import { validateValue } from '../../json-schema/validation/validate-value.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import type { Job } from '../model/job.ts';
import type { AttemptOutcome } from '../model/settle-job.ts';
import { readServiceOf } from '../records/accepted-definition.ts';
import { storeJson } from '../records/stored-json.ts';

/**
 * Maximum length of a pointer and of a detail in the stored failure: the name of a member of a result may be
 * very long.
 */
const maxDetailCharacters = 500;

export interface CheckResultDeps {
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
  const violations = await resultViolations(deps, job, value);
  if (violations.length > 0) return invalidResult(violations);
  const owner = { tenant: job.tenant, jobId: job.id, role: 'result' } as const;
  return { kind: 'succeeded', result: await storeJson(deps.objects, owner, JSON.stringify(value)) };
}

/**
 * The errors of a result for the schema of the service; without a schema, only values that JSON cannot
 * represent.
 */
export async function resultViolations(
  deps: CheckResultDeps,
  job: Job,
  value: unknown,
): Promise<readonly Violation[]> {
  const service = await readServiceOf(deps.services, job);
  const schema = service?.definition.result;
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
