export interface LogFields {
  readonly [field: string]: string | number | boolean | Error | undefined;
}

/** Log lines for operators: one per decision, with ids and codes; never a payload, never a secret. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}
