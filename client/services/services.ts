import type {
  ServiceRepresentation,
  ServiceWithVersions,
} from '../../core/contract/schemas/service-schemas.ts';
import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { ClientContext } from '../api/client-context.ts';
import { ErrandError } from '../api/errors.ts';
import type { CallOptions, JobPromise } from '../jobs/job.ts';
import type { Jobs, SubmitOptions } from '../jobs/jobs.ts';
import type { ServiceTypes, TypesOf } from './service-types.ts';

/** What a submission can have beside the service and its parameters. */
export type SubmissionMembers = Omit<Submission, 'service' | 'parameters'>;

/** A version of a service. */
export class Service<P = unknown, R = unknown> {
  readonly #jobs: Jobs;
  /** The definition as the API returned it. */
  readonly definition: ServiceRepresentation;

  constructor(jobs: Jobs, definition: ServiceRepresentation) {
    this.#jobs = jobs;
    this.definition = definition;
  }

  get name(): string {
    return this.definition.name;
  }

  get version(): string {
    return this.definition.version;
  }

  /** JSON Schema of the parameters. */
  get requestModel(): ServiceRepresentation['parameters'] {
    return this.definition.parameters;
  }

  /** Submits a job to exactly this version. */
  submit(
    parameters: P,
    { parse, idempotencyKey, waitSeconds, signal, ...members }: SubmissionMembers & SubmitOptions<R> = {},
  ): JobPromise<R> {
    const submission = { ...members, service: `${this.name}@${this.version}`, parameters } as Submission;
    return this.#jobs.submit<R>(submission, {
      ...(parse === undefined ? {} : { parse }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(waitSeconds === undefined ? {} : { waitSeconds }),
      signal,
    });
  }
}

/** The registered services. */
export class Services {
  readonly #context: ClientContext;
  readonly #jobs: Jobs;

  constructor(context: ClientContext, jobs: Jobs) {
    this.#context = context;
    this.#jobs = jobs;
  }

  /**
   * Reads a version of a service.
   * @param range exact version or range, such as `^2`; without it, the only active version
   * @throws ApiError `service-not-found` with suggestions; AmbiguousVersion with the `versions` to choose from
   */
  async get<Name extends keyof ServiceTypes | (string & {}), Range extends string | undefined = undefined>(
    name: Name,
    range?: Range,
    { signal }: CallOptions = {},
  ): Promise<Service<TypesOf<Name, Range>['parameters'], TypesOf<Name, Range>['result']>> {
    const path = `/v1/services/${encodeURIComponent(name)}`;
    const version = range ?? (await this.#onlyVersion(path, name, signal));
    const { body } = await this.#context.transport.call<ServiceRepresentation>({
      method: 'GET',
      path: `${path}/versions/${encodeURIComponent(version)}`,
      signal,
    });
    return new Service(this.#jobs, body);
  }

  /** The only active version. Development versions count only if no other version is active, as for a submission. */
  async #onlyVersion(path: string, name: string, signal: AbortSignal | undefined): Promise<string> {
    const active: string[] = [];
    let cursor: string | undefined;
    do {
      const call = { method: 'GET', path, query: { cursor }, signal } as const;
      const { body } = await this.#context.transport.call<ServiceWithVersions>(call);
      active.push(...body.versions.flatMap(({ status, version }) => (status === 'active' ? [version] : [])));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    const stable = active.filter((version) => !/^\d+\.\d+\.\d+-dev/.test(version));
    const choices = stable.length > 0 ? stable : active;
    const [only, ...others] = choices;
    if (only === undefined || others.length > 0) throw new AmbiguousVersion(name, choices);
    return only;
  }
}

/** A name alone does not select a version: several are active, or none. */
export class AmbiguousVersion extends ErrandError {
  override readonly name = 'AmbiguousVersion';
  /** The active versions, newest first. */
  readonly versions: readonly string[];

  constructor(service: string, versions: readonly string[]) {
    super(
      versions.length === 0
        ? `Every version of ${service} is deprecated; to use one of them, give its exact version`
        : `Service ${service} has several active versions: ${versions.join(', ')}; give a version or a range, such as ^${versions[0]}`,
    );
    this.versions = versions;
  }
}
