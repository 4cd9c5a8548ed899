import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';

/** A registered version of a service. */
export interface Service {
  readonly tenant: string;
  readonly name: string;
  readonly version: string;
  readonly definition: ServiceDefinition;
  readonly deprecation?: { readonly at: number; readonly reason: string };
  /**
   * Set by the first job; from then on the definition is immutable, except for a development version, and the version
   * cannot be deleted.
   */
  readonly used: boolean;
  /**
   * Increases by 1 with every write. It starts at the time of registration, so that a version that was
   * deleted and registered again does not repeat a revision of the deleted version.
   */
  readonly revision: number;
  /** In epoch milliseconds, like all times in the core. */
  readonly createdAt: number;
  readonly updatedAt: number;
}
