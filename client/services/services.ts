import type { ServiceRepresentation } from '../../core/contract/schemas/service-schemas.ts';
import type { Submission } from '../../core/contract/schemas/submission-schemas.ts';
import type { ClientContext } from '../api/client-context.ts';
import type { CallOptions, JobPromise } from '../jobs/job.ts';
import type { Jobs, SubmitOptions } from '../jobs/jobs.ts';

/** The types of a service's parameters and result. */
export interface ServiceType {
  readonly parameters: unknown;
  readonly result: unknown;
}

/** The services whose types are known, by name. The module that `errand types` writes adds its services to this interface. */
// biome-ignore lint/suspicious/noEmptyInterface: other modules add members
export interface ServiceTypes {}

/** The types of a service by its name; `unknown` for a service that no module describes. */
export type TypesOf<Name extends string> = Name extends keyof ServiceTypes
  ? ServiceTypes[Name] extends ServiceType
    ? ServiceTypes[Name]
    : ServiceType
  : ServiceType;

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
   * @throws ApiError `service-not-found` with suggestions; `ambiguous-version` with the `versions` to choose from
   */
  async get<Name extends keyof ServiceTypes | (string & {})>(
    name: Name,
    range?: string,
    { signal }: CallOptions = {},
  ): Promise<Service<TypesOf<Name>['parameters'], TypesOf<Name>['result']>> {
    const path = `/v1/services/${encodeURIComponent(name)}${range === undefined ? '' : `/versions/${encodeURIComponent(range)}`}`;
    const { body } = await this.#context.transport.call<ServiceRepresentation>({
      method: 'GET',
      path,
      signal,
    });
    return new Service(this.#jobs, body);
  }
}
