import type { Service } from '../services/model/service.ts';

export interface ServiceKey {
  readonly tenant: string;
  readonly name: string;
  readonly version: string;
}

/** What tells a version from the others of its name. */
export type VersionHead = Pick<Service, 'name' | 'version' | 'deprecation'>;

export interface ServicePage {
  /** In the order of their names, then of their versions' text. */
  readonly services: readonly Service[];
  /** Where the next page begins: the last service read. Absent at the end. */
  readonly nextAfter?: { readonly name: string; readonly version: string };
}

/** Keeps service versions. */
export interface ServiceStore {
  /** Strongly consistent. */
  get(key: ServiceKey): Promise<Service | undefined>;
  /** All versions of one name, in no order, without their definitions, which may be large. Strongly consistent. */
  versions(tenant: string, name: string): Promise<readonly VersionHead[]>;
  /** May give fewer than `limit` before the end, where definitions are large. */
  list(query: {
    readonly tenant: string;
    /** Only versions of this name; strongly consistent then. */
    readonly name?: string;
    readonly after?: { readonly name: string; readonly version: string };
    readonly limit: number;
  }): Promise<ServicePage>;
  /** Every name that the tenant has registered, sorted; at most 1,000. */
  names(tenant: string): Promise<readonly string[]>;
  insert(service: Service): Promise<'inserted' | 'exists'>;
  /** Writes if the stored one still has `expectedRevision`. */
  replace(service: Service, expectedRevision: number): Promise<'replaced' | 'conflict'>;
  /** Deletes if the stored one still has `expectedRevision`. */
  remove(key: ServiceKey, expectedRevision: number): Promise<'removed' | 'conflict'>;
}
