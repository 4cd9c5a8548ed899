/**
 * The members of a record that the runtime reads. All members are passed on in the format of a Lambda event.
 */
export interface StreamRecord {
  readonly [member: string]: unknown;
  readonly dynamodb?: {
    /** Decimal digits, increasing along the stream. */
    readonly SequenceNumber?: string | undefined;
    readonly ApproximateCreationDateTime?: number | undefined;
  };
}

/**
 * Reads records after a position; without a position, from the oldest record on. `next` equals `after` if
 * there were no new records.
 */
export type ReadStream = (request: {
  readonly streamArn: string;
  readonly after?: string;
  readonly limit: number;
}) => Promise<{ readonly records: readonly StreamRecord[]; readonly next: string }>;

/** Returns the sequence number of a record. Throws if it has none. */
export function sequenceOf(record: StreamRecord): string {
  const sequence = record.dynamodb?.SequenceNumber;
  if (sequence === undefined) throw new Error('A stream record has no SequenceNumber');
  return sequence;
}

/** Returns the creation time of a record in epoch milliseconds; AWS reports seconds. */
export function createdAtMs(record: StreamRecord): number {
  return (record.dynamodb?.ApproximateCreationDateTime ?? Date.now() / 1000) * 1000;
}
