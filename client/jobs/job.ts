import type { JobStatus } from '../../core/contract/job-state.ts';
import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';
import type { JobAttempt, JobSummary } from '../../core/contract/schemas/job-schemas.ts';
import type { RerunRequest } from '../../core/contract/schemas/submission-schemas.ts';
import type { ClientContext } from '../api/client-context.ts';
import { ErrandError } from '../api/errors.ts';
import { readPages } from '../api/pages.ts';
import { randomKey } from '../api/random-key.ts';
import { type FollowOptions, followEvents } from './follow-events.ts';
import { hasEnded, type JobDocument } from './job-document.ts';
import { readResult } from './read-result.ts';
import { waitForJob } from './wait-for-job.ts';

/** Options of `wait` and `result`. */
export interface WaitOptions {
  /** Longest wait; by default `maxWaitSeconds` of the settings, otherwise until the job has ended. */
  readonly timeoutSeconds?: number | undefined;
  /** Called after each change of the job. */
  readonly onChange?: ((job: Job) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of a call. */
export interface CallOptions {
  /** Ends the wait for the response; the promise is rejected with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a job's handle. */
export interface JobOptions<T> {
  /** Converts the result. It may validate it, for example with a Zod schema: `parse: schema.parse`. */
  readonly parse?: ((result: unknown) => T) | undefined;
}

/** A handle of a job, with the state that was read last: `refresh` and `wait` read a newer one. */
export class Job<T = unknown> {
  readonly #context: ClientContext;
  readonly #parse: (result: unknown) => T;
  #document: JobDocument;
  #readAtMs = Date.now();

  constructor(
    context: ClientContext,
    document: JobDocument,
    { parse = (result) => result as T }: JobOptions<T> = {},
  ) {
    this.#context = context;
    this.#document = document;
    this.#parse = parse;
  }

  get id(): string {
    return this.#document.id;
  }

  /** The state of the job as the API returned it last. */
  get document(): JobDocument {
    return this.#document;
  }

  get status(): JobStatus {
    return this.#document.status;
  }

  /** True if the job has ended, with or without a result. */
  get finished(): boolean {
    return hasEnded(this.#document);
  }

  get succeeded(): boolean {
    return this.status === 'succeeded';
  }

  get name(): string | undefined {
    return 'name' in this.#document ? this.#document.name : undefined;
  }

  get service(): { readonly name: string; readonly version: string } | undefined {
    return 'service' in this.#document ? this.#document.service : undefined;
  }

  get tags(): readonly string[] {
    return 'tags' in this.#document ? this.#document.tags : [];
  }

  /** What the current attempt reported last. */
  get progress(): JobSummary['progress'] {
    return 'progress' in this.#document ? this.#document.progress : undefined;
  }

  /** Part of the work that is done: 0 to 1. A job that has succeeded is complete. */
  get completion(): number {
    return this.succeeded ? 1 : (this.progress?.completion ?? 0);
  }

  /** Why the job ended without a result. */
  get error(): { readonly code: string; readonly detail: string } | undefined {
    return 'error' in this.#document ? this.#document.error : undefined;
  }

  get requestedAt(): Date {
    return new Date(this.#document.requestedAt);
  }

  get startedAt(): Date | undefined {
    const { startedAt } = this.#document;
    return startedAt === undefined ? undefined : new Date(startedAt);
  }

  get finishedAt(): Date | undefined {
    const { finishedAt } = this.#document;
    return finishedAt === undefined ? undefined : new Date(finishedAt);
  }

  /** Reads the job again, unless it was read less than `throttleSeconds` ago or has ended. */
  async refresh({
    throttleSeconds = 0,
    signal,
  }: CallOptions & { readonly throttleSeconds?: number } = {}): Promise<this> {
    if (Date.now() - this.#readAtMs < 1000 * throttleSeconds) return this;
    this.#update((await this.#call<JobDocument>('GET', '', { signal })).body);
    return this;
  }

  /**
   * Waits until the job has ended, however it ends: look at `status` or `succeeded` then.
   * @throws WaitTimeout if the job has not ended within the time
   */
  async wait(options: WaitOptions = {}): Promise<this> {
    const timeoutSeconds = options.timeoutSeconds ?? this.#context.settings.maxWaitSeconds;
    const isOver = await waitForJob(this.#context, this.#document, {
      ...options,
      timeoutSeconds,
      update: (document) => {
        this.#update(document);
        options.onChange?.(this);
      },
    });
    if (!isOver) throw new WaitTimeout(this, timeoutSeconds ?? 0);
    return this;
  }

  /**
   * Waits for the job and returns its result.
   * @throws JobFailed, JobError or JobAborted if the job ended without a result; WaitTimeout
   */
  async result(options: WaitOptions = {}): Promise<T> {
    const outcome = await this.resultOrError(options);
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.result;
  }

  /** Like `result`, but returns an unsuccessful end instead of throwing it. */
  async resultOrError(
    options: WaitOptions = {},
  ): Promise<
    | { readonly result: T; readonly error?: undefined }
    | { readonly result?: undefined; readonly error: UnsuccessfulJob }
  > {
    await this.wait(options);
    switch (this.status) {
      case 'failed':
        return { error: new JobFailed(this) };
      case 'error':
        return { error: new JobError(this) };
      case 'aborted':
        return { error: new JobAborted(this) };
      default:
        return {
          result: this.#parse(await readResult(this.#context.transport, this.#document, options.signal)),
        };
    }
  }

  /** Aborts the job. The attempt of a container is stopped first: `wait` returns when the job is aborted. */
  async abort({ reason, signal }: CallOptions & { readonly reason?: string } = {}): Promise<this> {
    const body = reason === undefined ? {} : { reason };
    this.#update((await this.#call<JobDocument>('POST', '/abort', { body, signal })).body);
    return this;
  }

  /** Deletes the job, and with `cascade` what belongs to it. */
  async delete({
    cascade = [],
    signal,
  }: CallOptions & {
    readonly cascade?: readonly ('children' | 'outputs' | 'inputs')[];
  } = {}): Promise<void> {
    await this.#call('DELETE', '', {
      query: { cascade: cascade.length === 0 ? undefined : cascade },
      signal,
    });
  }

  /** Submits the job again as a new job, with changes. */
  rerun(changes: RerunRequest = {}, { signal }: CallOptions = {}): JobPromise<T> {
    return new JobPromise(
      this.#call<JobDocument>('POST', '/rerun', { body: changes, idempotencyKey: randomKey(), signal }).then(
        ({ body }) => new Job(this.#context, body, { parse: this.#parse }),
      ),
    );
  }

  /** The sub-jobs, oldest first. */
  async *children({ signal }: CallOptions = {}): AsyncGenerator<Job> {
    const call = { method: 'GET', path: `${this.#path}/children`, signal } as const;
    for await (const document of readPages<JobSummary>(this.#context.transport, call))
      yield new Job(this.#context, document);
  }

  /** The events of the job, each once and in order, from the first one on until the job has ended. */
  async *events(options: FollowOptions = {}): AsyncGenerator<JobEvent> {
    yield* followEvents(this.#context.transport, this.id, options);
  }

  /** The attempts to run the job, the first one first. */
  async attempts({ signal }: CallOptions = {}): Promise<readonly JobAttempt[]> {
    return (await this.#call<{ readonly items: readonly JobAttempt[] }>('GET', '/attempts', { signal })).body
      .items;
  }

  get #path(): string {
    return `/v1/jobs/${encodeURIComponent(this.id)}`;
  }

  #call<Body>(method: 'DELETE' | 'GET' | 'PATCH' | 'POST', path: string, call: object) {
    return this.#context.transport.call<Body>({ ...call, method, path: `${this.#path}${path}` });
  }

  #update(document: JobDocument): void {
    this.#document = document;
    this.#readAtMs = Date.now();
  }
}

/** A job that is being submitted. `await` it for the job, or continue with `wait` or `result`. */
export class JobPromise<T = unknown> implements PromiseLike<Job<T>> {
  readonly #job: Promise<Job<T>>;

  constructor(job: Promise<Job<T>>) {
    this.#job = job;
  }

  // biome-ignore lint/suspicious/noThenProperty: this class is a promise of a job
  then<A = Job<T>, B = never>(
    onFulfilled?: ((job: Job<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#job.then(onFulfilled, onRejected);
  }

  /** Waits until the job has ended: see `Job.wait`. */
  wait(options?: WaitOptions): JobPromise<T> {
    return new JobPromise(this.#job.then((job) => job.wait(options)));
  }

  /** Waits for the job and returns its result: see `Job.result`. */
  async result(options?: WaitOptions): Promise<T> {
    return (await this.#job).result(options);
  }
}

/** The job did not end within the time. It continues; `wait` can be called again. */
export class WaitTimeout extends ErrandError {
  override readonly name = 'WaitTimeout';
  readonly job: Job;

  constructor(job: Job, timeoutSeconds: number) {
    super(
      `Job ${job.id} is ${job.status} after ${timeoutSeconds} s. It continues: wait again, or abort it with job.abort()`,
    );
    this.job = job;
  }
}

/** The job ended without a result. */
export abstract class UnsuccessfulJob extends ErrandError {
  readonly job: Job;
  /** Code of the failure, such as `service-failed`. */
  readonly code: string | undefined;

  constructor(job: Job, message: string) {
    super(message);
    this.job = job;
    this.code = job.error?.code;
  }
}

/** The service reported that it cannot do the job (`failed`). The same parameters will fail again. */
export class JobFailed extends UnsuccessfulJob {
  override readonly name = 'JobFailed';

  constructor(job: Job) {
    super(job, `Job ${job.id} failed: ${reasonOf(job)}. job.logs() has the output of the service`);
  }
}

/** The job could not be run to its end (`error`), for example because of a time limit. `job.rerun()` runs it again. */
export class JobError extends UnsuccessfulJob {
  override readonly name = 'JobError';

  constructor(job: Job) {
    super(job, `Job ${job.id} ended with an error: ${reasonOf(job)}. job.rerun() runs it again`);
  }
}

/** Somebody aborted the job. */
export class JobAborted extends UnsuccessfulJob {
  override readonly name = 'JobAborted';

  constructor(job: Job) {
    super(job, `Job ${job.id} was aborted. job.rerun() runs it again`);
  }
}

function reasonOf({ error }: Job): string {
  return error === undefined ? 'no reason is known' : `${error.code}: ${error.detail.replace(/\.$/, '')}`;
}
