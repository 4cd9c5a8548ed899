import type { JobStatus } from '../../core/contract/job-state.ts';
import type { JobSummary } from '../../core/contract/schemas/job-schemas.ts';
import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { ClientContext } from '../api/client-context.ts';
import { readPages } from '../api/pages.ts';
import { randomKey } from '../api/random-key.ts';
import { type CallOptions, Job, type JobOptions, JobPromise } from './job.ts';
import type { JobDocument } from './job-document.ts';
import { type Items, type SubmitManyOptions, type Submitted, submitMany } from './submit-many.ts';

/** Filters of a list of jobs, which a job must match all. */
export interface JobFilters {
  readonly id?: readonly string[];
  readonly status?: JobStatus | readonly JobStatus[];
  readonly service?: string | readonly string[];
  readonly serviceVersion?: string;
  readonly tag?: string;
  readonly group?: string;
  readonly parent?: string;
  readonly namePrefix?: string;
  readonly createdAfter?: Date | string;
  readonly createdBefore?: Date | string;
  /** Values of indexed members of the metadata, or bounds of a number. */
  readonly metadata?: Readonly<
    Record<string, string | number | { readonly min?: number; readonly max?: number }>
  >;
  /** Default: `desc`, the newest first. */
  readonly order?: 'asc' | 'desc';
}

/** Options of a submission. */
export interface SubmitOptions<T> extends CallOptions, JobOptions<T> {
  /** The same key returns the same job for 7 days. Default: a random key for each call. */
  readonly idempotencyKey?: string;
  /** The API waits up to this long for the end of the job before it responds: at most 280 s. */
  readonly waitSeconds?: number;
}

/** The jobs of the tenant. */
export class Jobs {
  readonly #context: ClientContext;

  constructor(context: ClientContext) {
    this.#context = context;
  }

  /** Submits a job once, however often the request has to be repeated. */
  submit<T = unknown>(submission: Submission, options: SubmitOptions<T> = {}): JobPromise<T> {
    const { parse, idempotencyKey = randomKey(), waitSeconds, signal } = options;
    const call = {
      method: 'POST',
      path: '/v1/jobs',
      body: submission,
      idempotencyKey,
      waitSeconds,
      signal,
    } as const;
    return new JobPromise(
      this.#context.transport
        .call<JobDocument>(call)
        .then(({ body }) => new Job<T>(this.#context, body, { parse })),
    );
  }

  /**
   * Submits many jobs, up to 100 in a request, and yields what became of each submission, in order. A refused submission does not
   * affect the others.
   */
  async *submitMany<T = unknown>(
    submissions: Items<Submission>,
    options: SubmitManyOptions<T> = {},
  ): AsyncGenerator<Submitted<T>> {
    yield* submitMany<T>(this.#context, submissions, options);
  }

  /** Reads a job by its ID or URN. */
  get<T = unknown>(id: string, { signal, parse }: CallOptions & JobOptions<T> = {}): JobPromise<T> {
    const call = { method: 'GET', path: `/v1/jobs/${encodeURIComponent(id)}`, signal } as const;
    return new JobPromise(
      this.#context.transport
        .call<JobDocument>(call)
        .then(({ body }) => new Job<T>(this.#context, body, { parse })),
    );
  }

  /** Lists the jobs that match all filters. Pages are requested as they are needed. */
  async *query(
    filters: JobFilters = {},
    { limit, signal }: CallOptions & { readonly limit?: number } = {},
  ): AsyncGenerator<Job> {
    const call = { method: 'GET', path: '/v1/jobs', query: { ...queryOf(filters), limit }, signal } as const;
    let left = limit ?? Number.POSITIVE_INFINITY;
    for await (const document of readPages<JobSummary>(this.#context.transport, call)) {
      if (left <= 0) return;
      left -= 1;
      yield new Job(this.#context, document);
    }
  }
}

function queryOf({ metadata = {}, ...filters }: JobFilters) {
  const members = Object.entries(metadata).flatMap(([name, value]) =>
    typeof value === 'object'
      ? [
          [`metadata.${name}.min`, value.min],
          [`metadata.${name}.max`, value.max],
        ]
      : [[`metadata.${name}`, value]],
  );
  return {
    ...filters,
    ...(Object.fromEntries(members) as Readonly<Record<string, string | number | undefined>>),
  };
}
