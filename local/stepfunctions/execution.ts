/** An accepted execution. */
export interface Execution {
  /** For Express, the ARN ends in a UUID that is unique to this start. */
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  /** JSON text as received. */
  readonly input: string;
  readonly startedAtMs: number;
}
