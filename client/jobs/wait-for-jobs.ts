import type { JobEvent } from '../../core/contract/schemas/event-schemas.ts';
import type { ClientContext } from '../api/client-context.ts';
import { ApiError } from '../api/errors.ts';
import { Outage } from '../api/outage.ts';
import { pause } from '../api/pause.ts';
import { retryAfterSeconds } from '../api/transport.ts';
import { type Job, WaitTimeout } from './job.ts';

/** Options of a wait for several jobs. */
export interface WaitForJobsOptions {
  /** Longest wait; by default `maxWaitSeconds` of the settings, otherwise until the jobs have ended. */
  readonly timeoutSeconds?: number | undefined;
  /** Called with each job that has ended, in the order in which they end. */
  readonly onEnd?: ((job: Job) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Maximum number of jobs in one request. */
const jobsPerRequest = 100;
const longestPollSeconds = 25;

/** Waits until all jobs have ended, with one request at a time for each hundred of them. The handles have the last state then. */
export async function waitAll(
  context: ClientContext,
  jobs: readonly Job[],
  options: WaitForJobsOptions = {},
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(jobs.length / jobsPerRequest) }, (_, index) =>
    jobs.slice(index * jobsPerRequest, (index + 1) * jobsPerRequest),
  );
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  try {
    await Promise.all(
      chunks.map((chunk) => new Chunk(context, chunk, { ...options, signal }).wait(() => false)),
    );
  } finally {
    stop.abort(); // a chunk that failed ends the others
  }
}

/** Waits until one of at most 100 jobs has ended, and returns it. */
export async function waitAny<T extends Job>(
  context: ClientContext,
  jobs: readonly T[],
  options: WaitForJobsOptions = {},
): Promise<T> {
  if (jobs.length === 0 || jobs.length > jobsPerRequest)
    throw new RangeError(`waitAny takes 1 to ${jobsPerRequest} jobs, not ${jobs.length}`);
  const first = () => jobs.find(({ finished }) => finished);
  await new Chunk(context, jobs, options).wait(() => first() !== undefined);
  return first() as T; // the wait ends without an error only when a job has ended
}

/** Jobs that one request covers. */
class Chunk {
  readonly #context: ClientContext;
  readonly #options: WaitForJobsOptions;
  /** A job can have several handles. */
  readonly #open: Set<Job>;
  readonly #outage = new Outage();
  /** Position in the event log; undefined if the deployment has none. */
  #position: string | undefined = 'now';
  /** Set if the API did not wait: it has no event log, or all long polls are in use. */
  #pauseSeconds = 0;

  constructor(context: ClientContext, jobs: readonly Job[], options: WaitForJobsOptions) {
    this.#context = context;
    this.#options = options;
    this.#open = new Set(jobs);
    for (const job of jobs) this.#removeEnded(job);
  }

  async wait(isEnough: () => boolean): Promise<void> {
    const { settings } = this.#context;
    const { timeoutSeconds = settings.maxWaitSeconds ?? Number.POSITIVE_INFINITY, signal } = this.#options;
    const endMs = performance.now() + 1000 * timeoutSeconds;
    // The position comes before the states, so that no end is missed between them.
    let due: 'position' | 'states' | 'events' = 'position';
    while (this.#open.size > 0 && !isEnough()) {
      const leftSeconds = (endMs - performance.now()) / 1000;
      const [job] = this.#open;
      if (leftSeconds <= 0 && job !== undefined) throw new WaitTimeout(job, timeoutSeconds);
      const waitSeconds = Math.max(0, Math.min(longestPollSeconds, leftSeconds));
      try {
        if (due === 'position') await this.#readEvents(undefined);
        else if (due === 'states') await this.#readStates();
        else if (await this.#readEvents(waitSeconds)) {
          this.#outage.end();
          continue;
        }
        if (due === 'events') await pause(1000 * Math.min(this.#pauseSeconds, waitSeconds), signal);
        this.#outage.end();
        // A long poll without an event is followed by a read of the states, in case that an event was missed.
        due = due === 'states' ? 'events' : 'states';
      } catch (error) {
        await this.#outage.survive(error, signal);
      }
    }
  }

  async #readStates(): Promise<void> {
    const { transport } = this.#context;
    const query = { id: this.#ids(), limit: jobsPerRequest };
    const call = { method: 'GET', path: '/v1/jobs', query, signal: this.#options.signal } as const;
    const { body } = await transport.call<{
      readonly items: readonly { readonly id: string; readonly finishedAt?: string }[];
    }>(call);
    const running = new Set(
      body.items.flatMap(({ id, finishedAt }) => (finishedAt === undefined ? [id] : [])),
    );
    // A job that is missing in the list is new, or was deleted: then reading it fails, which ends the wait.
    await this.#refresh(query.id.filter((id) => !running.has(id)));
  }

  /** Returns whether a job ended. */
  async #readEvents(waitSeconds: number | undefined): Promise<boolean> {
    const { refreshIntervalSeconds } = this.#context.settings;
    this.#pauseSeconds = refreshIntervalSeconds ?? 2;
    if (this.#position === undefined) return false;
    const query = { after: this.#position, jobId: this.#ids() };
    const call = {
      method: 'GET',
      path: '/v1/events',
      query,
      waitSeconds,
      signal: this.#options.signal,
    } as const;
    const { transport } = this.#context;
    const before = this.#open.size;
    try {
      const { body, headers } = await transport.call<{
        readonly items: readonly JobEvent[];
        readonly position: string;
      }>(call);
      await this.#refresh(body.items.filter(isEnd).map(({ data }) => data.jobId));
      this.#position = body.position;
      const hasWaited = headers.has('preference-applied') || body.items.length > 0;
      this.#pauseSeconds = hasWaited ? 0 : (refreshIntervalSeconds ?? (retryAfterSeconds(headers) || 1));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'position-expired') this.#position = 'now';
      else if (error.code === 'event-log-off' || error.status === 403) this.#position = undefined;
      else throw error;
    }
    return this.#open.size < before;
  }

  #ids(): readonly string[] {
    return [...new Set([...this.#open].map(({ id }) => id))];
  }

  async #refresh(ids: readonly string[]): Promise<void> {
    const { signal } = this.#options;
    const jobs = [...this.#open].filter(({ id }) => ids.includes(id));
    await Promise.all(jobs.map(async (job) => this.#removeEnded(await job.refresh({ signal }))));
  }

  #removeEnded(job: Job): void {
    if (!job.finished) return;
    this.#open.delete(job);
    this.#options.onEnd?.(job);
  }
}

function isEnd({ data: { status } }: JobEvent): boolean {
  return ['succeeded', 'failed', 'error', 'aborted'].includes(status);
}
