import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { IdempotencyStore, RememberedRequest } from '../../ports/idempotency-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { timeInId } from '../model/job-id.ts';
import { missingJob } from '../records/missing-job.ts';

export interface CreateOnceDeps {
  readonly jobs: Pick<JobStore, 'get' | 'tombstone'>;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** A request that may come again, under a key of its caller's. */
export interface RepeatableRequest {
  readonly tenant: string;
  readonly key: string;
  /** See `requestFingerprint`. */
  readonly fingerprint: string;
  /** Until when a repetition is to be known at least, in milliseconds since 1970; 7 days in any case. */
  readonly keptUntil?: number | undefined;
}

/** The id of a job that is to be made, and from when on it waits, in milliseconds since 1970. */
export interface NewJobSlot {
  readonly jobId: string;
  readonly from: number;
}

export interface CreatedJob {
  readonly job: Job;
  /** True when the key was known before: the first request alone gets false. */
  readonly replayed: boolean;
}

/** How long a repeated request is known as such at least; documented in docs/guides/api.md. */
const keptMilliseconds = 7 * 86_400_000;

/** A new id, whose time is now. */
export function newJobSlot({ clock, random }: Pick<CreateOnceDeps, 'clock' | 'random'>): NewJobSlot {
  const jobId = random.jobId(clock.now());
  return { jobId, from: timeInId(jobId) };
}

/**
 * Makes the job of a request, or finds the one that an earlier try made. The id is remembered before the job is made,
 * so a try that stops at any point leaves neither a second job nor one that a repetition does not find: it makes the
 * job under that very id. `make` answers the stored job, whoever stored it. What is refused after the key was taken
 * keeps it: another try of the same request may be about to make the job, and a key that is free again could make a
 * second one. Costs one write more than making a job. Throws `idempotency-key-reused` when the key came with another request, and
 * `job-deleted`.
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
  const made = await deps.jobs.get(key);
  if (made === undefined && (await deps.jobs.tombstone(key)) !== undefined)
    throw await missingJob(deps.jobs, key);
  // The first try has stopped before its job was made, or is about to make it: whoever comes first makes it.
  const job = made ?? (await make({ jobId, from: Math.max(now, timeInId(jobId)) }));
  return { job, replayed: true };
}

/**
 * Binds a key to a request that makes several jobs, each under a key of its own: without it another body could make
 * some of its jobs where the first one made none. No job gets the id that is remembered. Costs one write; throws
 * `idempotency-key-reused` when the key came with another request.
 */
export async function takeKey(
  deps: Pick<CreateOnceDeps, 'idempotency' | 'clock' | 'random'>,
  request: RepeatableRequest,
): Promise<void> {
  await rememberedId(deps, request, { jobId: newJobSlot(deps).jobId, now: deps.clock.now() });
}

/** The id that the key has from now on: the given one, or that of an earlier try. */
async function rememberedId(
  deps: Pick<CreateOnceDeps, 'idempotency'>,
  request: RepeatableRequest,
  { jobId, now }: { readonly jobId: string; readonly now: number },
): Promise<string> {
  const expiresAtEpochSeconds = Math.ceil(Math.max(now + keptMilliseconds, request.keptUntil ?? 0) / 1000);
  const wanted = { jobId, fingerprint: request.fingerprint, expiresAtEpochSeconds };
  return sameRequest(request, await deps.idempotency.remember(request, wanted, now)).jobId;
}

/**
 * The job that an earlier try of the request made; undefined when there is none. Throws `idempotency-key-reused` when
 * the key came with another request.
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
    `This Idempotency-Key came with another request before, and belongs to it until ${until}: take a new key`,
  );
}
