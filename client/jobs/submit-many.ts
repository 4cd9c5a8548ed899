import type { Problem } from '../../core/contract/problems/problem-schema.ts';
import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { ClientContext } from '../api/client-context.ts';
import { ApiError } from '../api/errors.ts';
import { backoffMs, pause } from '../api/pause.ts';
import { randomKey } from '../api/random-key.ts';
import { type CallOptions, Job, type JobOptions } from './job.ts';
import type { JobDocument } from './job-document.ts';

/** Options of `submitMany`. */
export interface SubmitManyOptions<T> extends CallOptions, JobOptions<T> {
  /**
   * A program that starts again with the same key and the same submissions gets the same jobs, for 7 days. Default: a random key.
   */
  readonly idempotencyKey?: string | undefined;
  /** The group of the jobs that name none. */
  readonly group?: string | undefined;
  /** How many requests, each with up to 100 submissions, are open at a time. Default: 2. */
  readonly concurrency?: number | undefined;
}

/** What became of the submission at the index: a job, or the error for which it was refused. */
export type Submitted<T = unknown> =
  | { readonly index: number; readonly job: Job<T>; readonly error?: undefined }
  | { readonly index: number; readonly job?: undefined; readonly error: ApiError };

/** A list or a stream of items. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

interface Outcomes {
  readonly items: readonly (
    | { readonly job: JobDocument; readonly problem?: undefined }
    | { readonly problem: Partial<Problem>; readonly job?: undefined }
  )[];
}

interface Chunk {
  readonly number: number;
  readonly firstIndex: number;
  readonly jobs: readonly Submission[];
}

const path = '/v1/jobs/batch';
const maxChunkJobs = 100;
/** Keeps the body of a request well below the limit of the API. */
const maxChunkBytes = 1_000_000;
/** How often a request is sent whose items the API could not check. */
const maxSends = 5;

/**
 * Submits in chunks, and yields what became of each submission, in order. Each chunk has a key of its own, which depends on the
 * caller's key and the number of the chunk. Submissions are taken as they are needed.
 * @throws ApiError if a whole request is refused, for example because the key was used with other submissions; ConnectionError
 */
export async function* submitMany<T>(
  context: ClientContext,
  submissions: Items<Submission>,
  options: SubmitManyOptions<T>,
): AsyncGenerator<Submitted<T>> {
  const { concurrency = 2, idempotencyKey = randomKey(), signal } = options;
  const stop = new AbortController();
  const all = {
    ...options,
    idempotencyKey,
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
  };
  const open: Promise<readonly Submitted<T>[]>[] = [];
  try {
    for await (const chunk of chunksOf(submissions)) {
      const sent = send(context, chunk, all);
      sent.catch(() => undefined); // thrown when it is this chunk's turn
      open.push(sent);
      if (open.length >= concurrency) yield* (await open.shift()) ?? [];
    }
    while (open.length > 0) yield* (await open.shift()) ?? [];
  } finally {
    stop.abort();
  }
}

/** The same submissions always make the same chunks. */
async function* chunksOf(submissions: Items<Submission>): AsyncGenerator<Chunk> {
  const encoder = new TextEncoder();
  let jobs: Submission[] = [];
  let bytes = 0;
  let number = 0;
  let firstIndex = 0;
  for await (const submission of submissions) {
    const size = encoder.encode(JSON.stringify(submission)).length;
    if (jobs.length === maxChunkJobs || (jobs.length > 0 && bytes + size > maxChunkBytes)) {
      yield { number, firstIndex, jobs };
      number += 1;
      firstIndex += jobs.length;
      jobs = [];
      bytes = 0;
    }
    jobs.push(submission);
    bytes += size;
  }
  if (jobs.length > 0) yield { number, firstIndex, jobs };
}

async function send<T>(
  context: ClientContext,
  { number, firstIndex, jobs }: Chunk,
  { idempotencyKey, group, parse, signal }: SubmitManyOptions<T>,
): Promise<readonly Submitted<T>[]> {
  const { transport } = context;
  const call = {
    method: 'POST',
    path,
    body: { jobs, group },
    idempotencyKey: `${idempotencyKey}/${number}`,
    signal,
  } as const;
  for (let sends = 1; ; sends += 1) {
    const { body } = await transport.call<Outcomes>(call);
    // The same key creates only the missing jobs.
    if (sends < maxSends && body.items.some(isUnchecked)) {
      await pause(backoffMs(sends), signal);
      continue;
    }
    return body.items.map(({ job, problem }, offset) => {
      const index = firstIndex + offset;
      if (job !== undefined) return { index, job: new Job<T>(context, job, { parse }) };
      const { url: baseUrl } = transport;
      const failed = { method: 'POST', url: `${baseUrl}${path}`, status: problem.status ?? 400 };
      return { index, error: new ApiError({ ...failed, problem, baseUrl }) };
    });
  }
}

/** Whether the API could not check the item, which says nothing about the submission. */
function isUnchecked({ problem }: Outcomes['items'][number]): boolean {
  return ['unavailable', 'internal'].includes(problem?.type?.split('/').at(-1) ?? '');
}
