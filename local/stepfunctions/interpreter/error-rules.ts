import { isRecord, type JsonRecord } from '../../json.ts';
import { compileResultPath, type ReferencePath } from './reference-path.ts';

/** A compiled rule of Retry. */
export interface Retrier {
  readonly errorNames: readonly string[];
  /** Retries of the rule during one visit of the state; 0 disables them. */
  readonly maxAttempts: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  /** Whether the pause is drawn at random from 0 to its full length. */
  readonly hasJitter: boolean;
}

/** A compiled rule of Catch. */
export interface Catcher {
  readonly errorNames: readonly string[];
  readonly resultPath: ReferencePath | null;
  readonly next: string;
}

/**
 * Compiles the rules of Retry, with the defaults of Step Functions.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function compileRetriers(rules: unknown): readonly Retrier[] {
  return recordsOf(rules).map((rule) => ({
    errorNames: errorNamesOf(rule),
    maxAttempts: Number(rule['MaxAttempts'] ?? 3),
    intervalSeconds: Number(rule['IntervalSeconds'] ?? 1),
    backoffRate: Number(rule['BackoffRate'] ?? 2),
    maxDelaySeconds: Number(rule['MaxDelaySeconds'] ?? Number.POSITIVE_INFINITY),
    hasJitter: rule['JitterStrategy'] === 'FULL',
  }));
}

/** Compiles the rules of Catch. Throws an error with `where` for a ResultPath that is not supported. */
export function compileCatchers(rules: unknown, where: string): readonly Catcher[] {
  return recordsOf(rules).map((rule, index) => ({
    errorNames: errorNamesOf(rule),
    resultPath: compileResultPath(rule['ResultPath'], `${where}, Catch[${index}]`),
    next: String(rule['Next']),
  }));
}

function recordsOf(rules: unknown): readonly JsonRecord[] {
  return Array.isArray(rules) ? rules.filter(isRecord) : [];
}

function errorNamesOf(rule: JsonRecord): readonly string[] {
  return Array.isArray(rule['ErrorEquals']) ? rule['ErrorEquals'].map(String) : [];
}

/**
 * Reports whether the names of a rule include an error. `States.Runtime` cannot be handled at all, and the
 * wildcards do not include `States.DataLimitExceeded`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function includesError(errorNames: readonly string[], name: string): boolean {
  if (name === 'States.Runtime') return false;
  if (errorNames.includes(name)) return true;
  if (name === 'States.DataLimitExceeded') return false;
  if (errorNames.includes('States.ALL')) return true;
  return name !== 'States.Timeout' && errorNames.includes('States.TaskFailed');
}

/** Returns the pause before a retry in seconds; `earlierRetries` of the same rule came before it. */
export function retryPauseSeconds(retrier: Retrier, earlierRetries: number): number {
  const full = Math.min(
    retrier.intervalSeconds * retrier.backoffRate ** earlierRetries,
    retrier.maxDelaySeconds,
  );
  return retrier.hasJitter ? Math.random() * full : full;
}
