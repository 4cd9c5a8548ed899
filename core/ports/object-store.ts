/** Holds what is too large for a record. Keys are made by the use cases and never reused for other content. */
export interface ObjectStore {
  put(key: string, json: string): Promise<void>;
  /** Undefined when there is no such object. */
  get(key: string): Promise<string | undefined>;
  /** An address that anyone may read from until it expires. */
  presignGet(key: string, lifetimeSeconds: number): Promise<string>;
}
