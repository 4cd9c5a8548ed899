import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore, RememberedRequest } from '../../ports/idempotency-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Random } from '../../ports/random.ts';
import type { Job } from '../model/job.ts';
import { timeInId } from '../model/job-id.ts';
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
  /** When a repetition need no longer be recognized, in milliseconds since 1970; at least 7 days from now. */
  readonly keptUntil?: number | undefined;
}

/** The id of a new job, and since when it waits, in milliseconds since 1970. */
export interface NewJobSlot {
  readonly jobId: string;
  readonly from: number;
}

export interface CreatedJob {
  readonly job: Job;
  /** True if the key was known before: only the first request gets false. */
  readonly replayed: boolean;
}

/** How long a repeated request is recognized at least; documented in docs/guides/api.md. */
const keptMs = 7 * 86_400_000;

/** A new job id with the current time. */
export function newJobSlot({ clock, random }: Pick<CreateOnceDeps, 'clock' | 'random'>): NewJobSlot {
  const jobId = random.jobId(clock.now());
  return { jobId, from: timeInId(jobId) };
}

/**
 * Creates the job of a request, or returns the job that an earlier try created. The id is stored under the
 * key before the job is created, so a try that is interrupted leaves neither a second job nor a job that a
 * repetition does not find: the repetition creates the job with the same id. `make` returns the stored job,
 * whichever try stored it.
 *
 * A request that is refused after its key was stored keeps the key: another try of it may be about to create
 * the job, and with a free key a second job could be created. Costs one write more than creating a job.
 * Throws `idempotency-key-reused` if the key was used with another request, and `job-deleted`.
 */
export async function createOnce(
  deps: CreateOnceDeps,
  request: RepeatableRequest,
  make: (slot: NewJobSlot) => Promise<Job>,
): Promise<CreatedJob> {
  const now = deps.clock.now();
  const slot = newJobSlot(deps);
  const jobId = await rememberedId(deps, request, { jobId: slot.jobId, now });
  if (jobId === slot.jobId) return { job: await make(slot), replayed: false };
  const key = { tenant: request.tenant, jobId };
  const existing = await deps.jobs.get(key);
  if (existing === undefined && (await deps.jobs.tombstone(key)) !== undefined)
    throw await missingJob(deps.jobs, key);
  // The first try was interrupted before it created the job, or is about to create it: the first insert wins.
  const job = existing ?? (await make({ jobId, from: Math.max(now, timeInId(jobId)) }));
  return { job, replayed: true };
}

/**
 * Binds a key to a request that creates several jobs, each under a key of its own: otherwise another body
 * could create jobs where the first one created none. No job gets the stored id. Costs one write; throws
 * `idempotency-key-reused` if the key was used with another request.
 */
export async function takeKey(
  deps: Pick<CreateOnceDeps, 'idempotency' | 'clock' | 'random'>,
  request: RepeatableRequest,
): Promise<void> {
  await rememberedId(deps, request, { jobId: newJobSlot(deps).jobId, now: deps.clock.now() });
}

/** The id that is stored under the key: the given one, or that of an earlier try. */
async function rememberedId(
  deps: Pick<CreateOnceDeps, 'idempotency'>,
  request: RepeatableRequest,
  { jobId, now }: { readonly jobId: string; readonly now: number },
): Promise<string> {
  const expiresAtEpochSeconds = Math.ceil(Math.max(now + keptMs, request.keptUntil ?? 0) / 1000);
  const wanted = { jobId, fingerprint: request.fingerprint, expiresAtEpochSeconds };
  return sameRequest(request, await deps.idempotency.remember(request, wanted, now)).jobId;
}

/**
 * The job that an earlier try of the request created; undefined if there is none. Throws
 * `idempotency-key-reused` if the key was used with another request.
 */
export async function findCreated(
  deps: Pick<CreateOnceDeps, 'jobs' | 'idempotency' | 'clock'>,
  request: RepeatableRequest,
): Promise<Job | undefined> {
  const known = await deps.idempotency.find(request, deps.clock.now());
  if (known === undefined) return undefined;
  return deps.jobs.get({ tenant: request.tenant, jobId: sameRequest(request, known).jobId });
}

function sameRequest(request: RepeatableRequest, known: RememberedRequest): RememberedRequest {
  if (known.fingerprint === request.fingerprint) return known;
  const until = new Date(known.expiresAtEpochSeconds * 1000).toISOString();
  throw new ProblemError(
    'idempotency-key-reused',
    `This Idempotency-Key was used with a different request and is reserved for it until ${until}; use a new key`,
  );
}
