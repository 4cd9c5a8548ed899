import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore, RememberedRequest } from '../../ports/idempotency-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Random } from '../../ports/random.ts';
import { timeInId } from '../../std/id-time.ts';
import type { Job } from '../model/job.ts';
import { missingJob } from '../records/missing-job.ts';

export interface CreateOnceDeps {
  readonly jobs: Pick<JobStore, 'get' | 'tombstone'>;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** A request that may be repeated, with the idempotency key of its caller. */
export interface RepeatableRequest {
  readonly tenant: string;
  readonly key: string;
  /** See `requestFingerprint`. */
  readonly fingerprint: string;
  /**
   * The repetition of a request is recognized until this time (epoch milliseconds); 7 days if earlier or
   * absent.
   */
  readonly retainUntil?: number | undefined;
}

/**
 * The ID of a new job, and when the job is created (epoch milliseconds): later than the time in the ID if an
 * earlier try was interrupted.
 */
export interface NewJobId {
  readonly jobId: string;
  readonly createdAt: number;
}

export interface CreatedJob {
  readonly job: Job;
  /** True if the key was known before: only the first request gets false. */
  readonly replayed: boolean;
}

/** Minimum time for which a repeated request is recognized; documented in docs/guides/api.md. */
const minRetentionMs = 7 * 86_400_000;

/** A new job ID with the current time. */
export function newJobId({ clock, random }: Pick<CreateOnceDeps, 'clock' | 'random'>): NewJobId {
  const jobId = random.jobId(clock.now());
  return { jobId, createdAt: timeInId(jobId) };
}

/**
 * Creates the job of a request, or returns the job that an earlier try created. The ID is stored under the
 * key before the job is created, so a try that is interrupted leaves neither a second job nor a job that a
 * repetition does not find: the repetition creates the job with the same ID. `create` returns the stored job,
 * which may be that of another try.
 *
 * A request that is rejected after its key was reserved keeps the key: another try may be about to create the
 * job, and with a free key a second job could be created. Costs one write more than creating a job.
 * Throws `idempotency-key-reused` if the key was used with another request, and `job-deleted`.
 */
export async function createOnce(
  deps: CreateOnceDeps,
  request: RepeatableRequest,
  create: (newId: NewJobId) => Promise<Job>,
): Promise<CreatedJob> {
  const now = deps.clock.now();
  const newId = newJobId(deps);
  const jobId = await reserveJobId(deps, request, { jobId: newId.jobId, now });
  if (jobId === newId.jobId) return { job: await create(newId), replayed: false };
  const key = { tenant: request.tenant, jobId };
  const existing = await deps.jobs.get(key);
  if (existing === undefined && (await deps.jobs.tombstone(key)) !== undefined)
    throw await missingJob(deps.jobs, key);
  // The first try was interrupted before it created the job, or is about to create it: the first write wins.
  const job = existing ?? (await create({ jobId, createdAt: Math.max(now, timeInId(jobId)) }));
  return { job, replayed: true };
}

/**
 * Reserves the key of a request that creates several jobs, each under a key of its own. Otherwise another
 * body could create jobs where the first one created none. No job gets the stored ID. Costs one write; throws
 * `idempotency-key-reused` if the key was used with another request.
 */
export async function reserveKey(
  deps: Pick<CreateOnceDeps, 'idempotency' | 'clock' | 'random'>,
  request: RepeatableRequest,
): Promise<void> {
  await reserveJobId(deps, request, { jobId: newJobId(deps).jobId, now: deps.clock.now() });
}

/** Stores the ID under the key and returns it, or returns the ID that an earlier try stored. */
async function reserveJobId(
  deps: Pick<CreateOnceDeps, 'idempotency'>,
  request: RepeatableRequest,
  { jobId, now }: { readonly jobId: string; readonly now: number },
): Promise<string> {
  const expiresAtEpochSeconds = Math.ceil(Math.max(now + minRetentionMs, request.retainUntil ?? 0) / 1000);
  const reservation = { jobId, fingerprint: request.fingerprint, expiresAtEpochSeconds };
  return requireSameRequest(request, await deps.idempotency.remember(request, reservation, now)).jobId;
}

/**
 * The job that an earlier try of the request created; undefined if there is none. Throws
 * `idempotency-key-reused` if the key was used with another request.
 */
export async function findCreated(
  deps: Pick<CreateOnceDeps, 'jobs' | 'idempotency' | 'clock'>,
  request: RepeatableRequest,
): Promise<Job | undefined> {
  const stored = await deps.idempotency.find(request, deps.clock.now());
  if (stored === undefined) return undefined;
  return deps.jobs.get({ tenant: request.tenant, jobId: requireSameRequest(request, stored).jobId });
}

/** Throws `idempotency-key-reused` if the key is stored for another request. */
function requireSameRequest(request: RepeatableRequest, stored: RememberedRequest): RememberedRequest {
  if (stored.fingerprint === request.fingerprint) return stored;
  const expiresAt = new Date(stored.expiresAtEpochSeconds * 1000).toISOString();
  throw new ProblemError(
    'idempotency-key-reused',
    `This Idempotency-Key was used with a different request and is reserved for it until ${expiresAt}; use a new key`,
  );
}
