/** A part of an object, in bytes. */
export interface ByteRange {
  readonly start: number;
  /** Exclusive; greater than `start`. The range may end after the object. */
  readonly end: number;
}

/** Reads parts of stored objects: the content of data objects, and bodies that are too large for a record. */
export interface ContentReader {
  /** The bytes of the range, which starts within the object; undefined if the object does not exist. Strongly consistent. */
  read(key: string, range: ByteRange): Promise<Uint8Array | undefined>;
}
