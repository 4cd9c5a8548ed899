import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';

/** A registered version of something that can be run. */
export interface Service {
  readonly tenant: string;
  readonly name: string;
  readonly version: string;
  readonly definition: ServiceDefinition;
  readonly deprecation?: { readonly at: number; readonly reason: string };
  /** Set by the first job; from then on the definition stands. */
  readonly used: boolean;
  /**
   * One more with every write. It begins at the time of registration, so that a version that was deleted and
   * registered anew has no revision of the deleted one.
   */
  readonly revision: number;
  /** Milliseconds since 1970, as all times of the core. */
  readonly createdAt: number;
  readonly updatedAt: number;
}
