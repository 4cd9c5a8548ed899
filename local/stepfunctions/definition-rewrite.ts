import { isRecord, type JsonRecord } from '../json.ts';

/** Longest timeout of the engine's timers in seconds; no Lambda task runs that long. */
export const maxTimeoutSeconds = 2_147_483;

/** Member of the context object that replaces `Execution`, which the engine overwrites. */
export const runContext = 'Run';

/**
 * Rewrites a checked state so that the engine executes it as AWS does. `delayScale` is a factor on the pauses
 * between retries.
 */
export function rewriteState(state: JsonRecord, delayScale: number): JsonRecord {
  const plain = withoutWholePaths(rewritePaths(state));
  switch (plain['Type']) {
    case 'Task':
      return rewriteTask(withRetries(plain, delayScale));
    case 'Wait':
      return rewriteWait(plain);
    case 'Choice':
      return { ...plain, Choices: listOf(plain['Choices']).map((rule) => rewriteRule(rule)) };
    case 'Pass':
      return rewritePass(plain);
    default:
      return plain;
  }
}

function listOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Replaces `$$.Execution` by the runtime's own copy of it. */
function rewritePaths(state: JsonRecord): JsonRecord {
  const rename = (text: string): string => text.replace(/\$\$\.Execution\b/g, `$$$$.${runContext}`);
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return /(\.\$|Path)$|^Variable$/.test(key) ? rename(value) : value;
    if (Array.isArray(value)) return value.map((item) => walk(item, ''));
    if (!isRecord(value) || key === 'Result') return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member, name)]));
  };
  return Object.fromEntries(Object.entries(state).map(([name, member]) => [name, walk(member, name)]));
}

/**
 * The engine stores `ResultPath: "$"` under a member named `$`, and cannot read `$` of an empty or false
 * input.
 */
function withoutWholePaths(state: JsonRecord): JsonRecord {
  const paths = ['InputPath', 'OutputPath', 'ResultPath'];
  const kept = Object.entries(state).filter(([key, value]) => !(paths.includes(key) && value === '$'));
  const catchers = state['Catch'];
  if (catchers === undefined) return Object.fromEntries(kept);
  return { ...Object.fromEntries(kept), Catch: listOf(catchers).map((rule) => withoutWholePaths(rule)) };
}

function withRetries(state: JsonRecord, delayScale: number): JsonRecord {
  if (state['Retry'] === undefined) return state;
  const retriers = listOf(state['Retry']).map((rule) => ({
    ...rule,
    IntervalSeconds: Number(rule['IntervalSeconds'] ?? 1) * delayScale,
    ...(rule['MaxDelaySeconds'] === undefined
      ? {}
      : { MaxDelaySeconds: Number(rule['MaxDelaySeconds']) * delayScale }),
  }));
  return { ...state, Retry: retriers };
}

/**
 * AWS evaluates TimeoutSecondsPath against the state's input, the engine against the result of Parameters.
 * Therefore it is passed next to the call as `timeoutSeconds`. Without a timeout the engine would stop a task
 * after 60 s; AWS has no such limit.
 */
function rewriteTask(state: JsonRecord): JsonRecord {
  const path = state['TimeoutSecondsPath'];
  if (path === undefined) {
    return {
      ...state,
      TimeoutSeconds: Math.min(Number(state['TimeoutSeconds'] ?? maxTimeoutSeconds), maxTimeoutSeconds),
    };
  }
  const call = state['Parameters'] === undefined ? { 'call.$': '$' } : { call: state['Parameters'] };
  return {
    ...state,
    Parameters: { ...call, 'timeoutSeconds.$': path },
    TimeoutSecondsPath: '$.timeoutSeconds',
  };
}

/**
 * Replaces a wait by a local task: the engine's own timers are limited to 24 days, and it does not refuse
 * what AWS refuses.
 */
function rewriteWait(state: JsonRecord): JsonRecord {
  const { Seconds, SecondsPath, ...rest } = state;
  const task = { ...rest, Type: 'Task', Resource: 'wait', TimeoutSeconds: maxTimeoutSeconds };
  if (SecondsPath !== undefined) return { ...task, Parameters: { 'seconds.$': SecondsPath, 'input.$': '$' } };
  return { ...task, WaitFor: { seconds: Seconds } };
}

/** The engine ignores a Result that is false, zero, null or the empty string. */
function rewritePass(state: JsonRecord): JsonRecord {
  if (!('Result' in state) || state['Result']) return state;
  const { Result, Parameters: _, ...rest } = state;
  return { ...rest, Parameters: Result };
}

/** The engine compares values of different types in order; on AWS, a wrong type does not match. */
function rewriteRule(rule: JsonRecord): JsonRecord {
  const { Next, Variable, Comment: _, ...comparison } = rule;
  const isOrdered = Object.keys(comparison).some((operator) => /^Numeric(Less|Greater)/.test(operator));
  if (!isOrdered) return { Variable, ...comparison, Next };
  return {
    And: [
      { Variable, IsNumeric: true },
      { Variable, ...comparison },
    ],
    Next,
  };
}
