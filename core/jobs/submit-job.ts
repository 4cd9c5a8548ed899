import type { Submission } from '../contract/job-schemas.ts';
import type { JsonValue } from '../contract/json.ts';
import { faultsError } from '../contract/problem-error.ts';
import type { Chance, Clock } from '../ports/clock.ts';
import type { ExecutionStarter } from '../ports/execution-starter.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import { markUsed } from '../services/mark-used.ts';
import { unusableJson } from '../services/schema/unusable-json.ts';
import { selectVersion } from '../services/select-version.ts';
import type { Service } from '../services/service.ts';
import { validateParameters } from '../services/validation/validate-parameters.ts';
import { effectiveLimits, effectivePolicy } from './defaults.ts';
import type { Job } from './job.ts';
import { timeInId } from './job-id.ts';
import { startAttempt } from './start-attempt.ts';
import { storeJson } from './stored-json.ts';
import { derivedTraceparent } from './traceparent.ts';

export interface SubmitJobDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface SubmitJobInput {
  readonly tenant: string;
  readonly owner: string;
  readonly submission: Submission;
  /** The caller's trace, already checked. */
  readonly traceparent?: string | undefined;
  /** Milliseconds after which a job that nothing claimed is looked at. */
  readonly lookAfter: number;
}

export interface SubmittedJob {
  readonly job: Job;
  readonly service: Service;
}

const maxMetadataBytes = 4096;

/** Bare parameters pass through a state of the router, which holds 262,144 bytes in all. */
const maxBareParametersBytes = 204_800;

/**
 * Accepts a job and starts it. Once the record is written the job is accepted, whatever becomes of the start:
 * the reconciler starts what was not started. Throws the problems of submitJob; nothing is stored then.
 */
export async function submitJob(deps: SubmitJobDeps, input: SubmitJobInput): Promise<SubmittedJob> {
  checkMetadata(input.submission);
  const { service, parameters } = await settleOnService(deps, input);
  const job = await newJob(deps, { ...input, service, parameters });
  await deps.jobs.insert(job);
  await startAttempt(deps, job, 0);
  return { job, service };
}

/**
 * The version to run, marked as used, and the parameters checked against it. A version that no job has used may be
 * changed until it is marked: then its new definition is what counts.
 */
async function settleOnService(deps: SubmitJobDeps, { tenant, submission }: SubmitJobInput) {
  let service = await selectVersion(deps, { tenant, selector: submission.service });
  for (;;) {
    // An explicit null is a value like any other.
    const submitted = submission.parameters === undefined ? {} : submission.parameters;
    const parameters = checkParameters(service, submitted);
    const marked = await markUsed(deps, service);
    if (marked.outcome === 'marked') return { service: marked.service, parameters };
    service = marked.service;
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

/** Both forms of the parameters as JSON text; `request` only when the defaults changed something. */
interface CheckedParameters {
  readonly parameters: string;
  readonly request?: string;
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

async function newJob(
  deps: SubmitJobDeps,
  input: SubmitJobInput & { readonly service: Service; readonly parameters: CheckedParameters },
): Promise<Job> {
  const { tenant, submission, service } = input;
  const id = deps.chance.jobId(deps.clock.now());
  const at = timeInId(id);
  const keep = (role: 'parameters' | 'request', json: string) =>
    storeJson(deps.objects, { tenant, jobId: id, role }, json);
  const { parameters, request } = input.parameters;
  const limits = effectiveLimits(submission, service.definition);
  return {
    tenant,
    id,
    name: submission.name ?? service.name,
    status: 'pending',
    service: { name: service.name, version: service.version },
    tags: submission.tags ?? [],
    metadata: submission.metadata ?? {},
    parameters: await keep('parameters', parameters),
    ...(request === undefined ? {} : { request: await keep('request', request) }),
    policy: effectivePolicy(submission.retry, service.definition.retry),
    limits,
    owner: input.owner,
    traceparent: input.traceparent ?? derivedTraceparent(id),
    requestedAt: at,
    updatedAt: at,
    attempt: 0,
    starts: 1,
    endedAttempts: [],
    dueAt: at + Math.min(input.lookAfter, limits.queueTimeoutSeconds * 1000, limits.timeoutSeconds * 1000),
    moves: [{ status: 'pending', at, attempt: 0 }],
    version: 1,
  };
}
