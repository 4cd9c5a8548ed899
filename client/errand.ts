import { type AccessOptions, findAccess } from './api/access.ts';
import type { ClientContext } from './api/client-context.ts';
import type { Settings } from './api/settings.ts';
import { Transport, type TransportOptions } from './api/transport.ts';
import type { Job } from './jobs/job.ts';
import { Jobs } from './jobs/jobs.ts';
import { type WaitForJobsOptions, waitAll, waitAny } from './jobs/wait-for-jobs.ts';
import { Services } from './services/services.ts';

/** Options of a client. */
export type ErrandOptions = AccessOptions & TransportOptions & Settings;

/** A client of one Errand service. */
export class Errand {
  readonly #context: ClientContext;
  readonly jobs: Jobs;
  readonly services: Services;

  /** @throws ConfigurationError if no URL or no key is known: see `findAccess` */
  constructor(options: ErrandOptions = {}) {
    const { refreshIntervalSeconds, showProgress, maxWaitSeconds } = options;
    this.#context = {
      transport: new Transport(findAccess(options), options),
      settings: { refreshIntervalSeconds, showProgress, maxWaitSeconds },
    };
    this.jobs = new Jobs(this.#context);
    this.services = new Services(this.#context, this.jobs);
  }

  /** Base URL of the service. */
  get url(): string {
    return this.#context.transport.url;
  }

  /**
   * Waits until all jobs have ended, however they end, with one request at a time for each hundred of them.
   * @throws WaitTimeout if a job has not ended within the time
   */
  async waitAll<T extends readonly Job[]>(jobs: T, options: WaitForJobsOptions = {}): Promise<T> {
    await waitAll(this.#context, jobs, options);
    return jobs;
  }

  /**
   * Waits until one of the jobs has ended, and returns it.
   * @param jobs 1 to 100 jobs
   * @throws WaitTimeout if none has ended within the time
   */
  async waitAny<T extends Job>(jobs: readonly T[], options: WaitForJobsOptions = {}): Promise<T> {
    return waitAny(this.#context, jobs, options);
  }

  /** Changes how the client waits. Settings that are not given stay. */
  configure(settings: Settings): this {
    this.#context.settings = { ...this.#context.settings, ...settings };
    return this;
  }
}
