import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import type { Service } from '../services/model/service.ts';

export interface ServiceKey {
  readonly tenant: string;
  readonly name: string;
  readonly version: string;
}

/** The members that distinguish the versions of a service. */
export type VersionHead = Pick<Service, 'name' | 'version' | 'deprecation'>;

export interface ServicePage {
  /** Sorted by name, then by the text of the version. */
  readonly services: readonly Service[];
  /** The last service of the page; absent at the end. */
  readonly nextAfter?: { readonly name: string; readonly version: string };
}

/** The reads of a job's definition. */
export type ServiceReader = Pick<ServiceStore, 'get' | 'replacedDefinition'>;

/** Stores service versions, and the definitions of development versions that were replaced. */
export interface ServiceStore {
  /** Strongly consistent. */
  get(key: ServiceKey): Promise<Service | undefined>;
  /**
   * All versions of one name, unsorted, without their definitions, which may be large. Strongly consistent.
   */
  versions(tenant: string, name: string): Promise<readonly VersionHead[]>;
  /** May return fewer than `limit` before the end if definitions are large. */
  list(query: {
    readonly tenant: string;
    /** Only versions of this name; then strongly consistent. */
    readonly name?: string;
    readonly after?: { readonly name: string; readonly version: string };
    readonly limit: number;
  }): Promise<ServicePage>;
  /** All names that the tenant has registered, sorted; at most 1,000. */
  names(tenant: string): Promise<readonly string[]>;
  insert(service: Service): Promise<'inserted' | 'exists'>;
  /** Writes if the stored version still has `expectedRevision`. */
  replace(service: Service, expectedRevision: number): Promise<'replaced' | 'conflict'>;
  /**
   * Stores the definition of a version permanently under its digest, before it is replaced. A repetition changes
   * nothing.
   */
  keepDefinition(service: Service): Promise<void>;
  /** A definition that `keepDefinition` stored; strongly consistent. */
  replacedDefinition(key: ServiceKey, definitionDigest: string): Promise<ServiceDefinition | undefined>;
  /** Deletes if the stored version still has `expectedRevision`. */
  remove(key: ServiceKey, expectedRevision: number): Promise<'removed' | 'conflict'>;
}
