/** What is looked at of a record; the rest is passed on as the reader gave it, in the shape of a Lambda event. */
export interface StreamRecord {
  readonly [member: string]: unknown;
  readonly dynamodb?: {
    /** Decimal digits, growing along the stream. */
    readonly SequenceNumber?: string | undefined;
    readonly ApproximateCreationDateTime?: number | undefined;
  };
}

/** Reads records after a position, from the oldest on without one. `next` equals `after` when there was nothing new. */
export type ReadStream = (request: {
  readonly streamArn: string;
  readonly after?: string;
  readonly limit: number;
}) => Promise<{ readonly records: readonly StreamRecord[]; readonly next: string }>;

/** Sequence number of a record. Throws when it has none. */
export function sequenceOf(record: StreamRecord): string {
  const sequence = record.dynamodb?.SequenceNumber;
  if (sequence === undefined) throw new Error('A stream record has no SequenceNumber');
  return sequence;
}

/** Creation of a record, milliseconds of the epoch; AWS gives seconds. */
export function createdAtMs(record: StreamRecord): number {
  return (record.dynamodb?.ApproximateCreationDateTime ?? Date.now() / 1000) * 1000;
}
