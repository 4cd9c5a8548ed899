/** Counts for operators, such as reconciled jobs by cause. */
export interface Metrics {
  count(name: string, dimensions?: Readonly<Record<string, string>>): void;
}
