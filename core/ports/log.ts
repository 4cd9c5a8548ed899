export interface LogFields {
  readonly [field: string]: string | number | boolean | Error | undefined;
}

/** Lines for operators: one a decision, with ids and codes; never a payload, never a secret. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}

/** Counts for operators, such as repairs by cause. */
export interface Metrics {
  count(name: string, dimensions?: Readonly<Record<string, string>>): void;
}
