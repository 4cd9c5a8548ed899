/** An object as it was put. */
export interface StoredObject {
  readonly sizeBytes: number;
  /** As whoever put it said. */
  readonly mediaType: string;
}

/** Holds what is too large for a record. Keys are made by the use cases and never reused for other content. */
export interface ObjectStore {
  put(key: string, json: string): Promise<void>;
  /** Undefined when there is no such object. */
  get(key: string): Promise<string | undefined>;
  /** An address that anyone may read from until it expires; the answer has the media type, if one is given. */
  presignGet(key: string, lifetimeSeconds: number, mediaType?: string): Promise<string>;
  /** An address that anyone may put exactly so many bytes to until it expires; each PUT replaces the one before. */
  presignPut(key: string, lifetimeSeconds: number, sizeBytes: number): Promise<string>;
  /** What is known of an object without reading it; undefined when there is no such object. */
  describe(key: string): Promise<StoredObject | undefined>;
  /** Removes every object whose key begins so; those that are put meanwhile may stay. */
  removeAll(prefix: string): Promise<void>;
}
