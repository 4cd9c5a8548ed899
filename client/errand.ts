import { type AccessOptions, findAccess } from './api/access.ts';
import type { ClientContext } from './api/client-context.ts';
import type { Settings } from './api/settings.ts';
import { Transport, type TransportOptions } from './api/transport.ts';
import { Jobs } from './jobs/jobs.ts';
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

  /** Changes how the client waits. Settings that are not given stay. */
  configure(settings: Settings): this {
    this.#context.settings = { ...this.#context.settings, ...settings };
    return this;
  }
}
