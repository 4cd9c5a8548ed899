import { parseWire } from '../../contract/http/parse-wire.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import { arrayElement } from '../../contract/schemas/operations/array-schemas.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { SubmitJobDeps } from '../../jobs/submission/submit-job.ts';
import { parseJson } from '../../json-schema/parse-json.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Operation } from '../model/operation.ts';
import { elementJobId } from './element-job-id.ts';
import { mergeElement } from './merge-element.ts';
import { type Element, maxElementBytes } from './read-elements.ts';
import { submitWithId, wasCreated } from './submit-with-id.ts';

/**
 * How long after the time in its ID a job may be created as if it was created at that time: such a job needs no entry in the index
 * of due jobs (decision 12).
 */
const sameTimeMs = 10_000;

/**
 * Creates the job of an element; a job that an interrupted process of this operation has created counts. Throws the problems of the
 * element and of the submission; then no job was created.
 */
export async function submitElement(
  deps: SubmitJobDeps,
  operation: Operation,
  { template, element: { index, bytes } }: { readonly template: Submission; readonly element: Element },
): Promise<void> {
  const { tenant, owner, traceparent, idTime = operation.createdAt } = operation;
  if (bytes === undefined) throw tooLarge();
  if (await hasElementJob(deps, operation, index)) return;
  const element = parseWire(arrayElement, parseJson(bytes, 'The element'));
  const now = deps.clock.now();
  const createdAt = now > idTime + sameTimeMs ? now : idTime;
  const { jobId } = jobKeyOf(operation, index);
  const submission = mergeElement(template, element);
  await submitWithId(deps, { tenant, owner, traceparent, submission }, { jobId, createdAt });
}

/**
 * Whether an interrupted process has created the job of an element, also if it was deleted since. Reads nothing for an element that
 * no process can have treated.
 */
export async function hasElementJob(
  deps: Pick<SubmitJobDeps, 'jobs'>,
  operation: Operation,
  index: number,
): Promise<boolean> {
  return index < operation.startedJobs && wasCreated(deps, jobKeyOf(operation, index));
}

function jobKeyOf(operation: Operation, index: number): JobKey {
  const { tenant, id: operationId, idTime = operation.createdAt } = operation;
  return { tenant, jobId: elementJobId({ operationId, idTime, index }) };
}

function tooLarge(): ProblemError {
  return new ProblemError('body-too-large', `The element has more than ${maxElementBytes} bytes`);
}
