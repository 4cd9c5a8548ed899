import type { ServiceDefinition } from '../contract/service-schemas.ts';

/** A registered version of something that can be run. */
export interface Service {
  readonly tenant: string;
  readonly name: string;
  readonly version: string;
  readonly definition: ServiceDefinition;
  readonly deprecation?: { readonly at: number; readonly reason: string };
  /** Set by the first job; from then on the definition stands. */
  readonly used: boolean;
  /** Counts the writes, from 1. */
  readonly revision: number;
  /** Milliseconds since 1970, as all times of the core. */
  readonly createdAt: number;
  readonly updatedAt: number;
}
