import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { isRecord, type JsonRecord } from '../../json.ts';
import { type TaskCall, testContext } from './run-definition.ts';

/** What both interpreters report of a run. A cause is present if a task or a Fail state gave it. */
export interface Report {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly calls: readonly TaskCall[];
}

type Definition = ConstructorParameters<typeof StateMachine>[0];
type Json = Parameters<StateMachine['run']>[0];

/**
 * Runs a definition with aws-local-stepfunctions 3.0.0, an independent interpreter of the States Language.
 * Returns undefined if the run met an error of the library that cannot be avoided beforehand: it reads no
 * value, not even `$`, from an input of null, false, zero or the empty string.
 */
export async function runWithLibrary(
  definition: JsonRecord,
  input: unknown,
  perform: (call: TaskCall) => unknown,
): Promise<Report | undefined> {
  const calls: TaskCall[] = [];
  const states = Object.entries(isRecord(definition['States']) ? definition['States'] : {});
  const handlers = states.map(([state]) => {
    const handler = async (parameters: unknown): Promise<Json> => {
      calls.push({ state, parameters });
      // Safe cast: the results of the test's tasks are JSON.
      return perform({ state, parameters }) as Json;
    };
    return [state, handler] as const;
  });
  const machine = new StateMachine(withoutDifferences(definition) as unknown as Definition, {
    validationOptions: { noValidate: true },
  });
  const run = machine.run(input as Json, {
    context: testContext,
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      retryIntervalOverrides: Object.fromEntries(states.map(([state]) => [state, 0])),
    },
  });
  try {
    return { status: 'SUCCEEDED', output: await run.result, calls };
  } catch (error) {
    const failure = error instanceof ExecutionError ? error.cause : error;
    if (!(failure instanceof Error)) throw error;
    if (failure.message.startsWith("Path expression '$' does not point to a value")) return undefined;
    return { status: 'FAILED', ...failureOf(failure), calls };
  }
}

/** The library names the failure of a Fail state without Error, which is unnamed on AWS. */
function failureOf({ name, message }: Error): Pick<Report, 'error' | 'cause'> {
  return {
    ...(name === 'FailStateError' ? {} : { error: name }),
    ...(message === 'Execution failed because of a Fail state' ? {} : { cause: message }),
  };
}

/**
 * Rewrites what the library executes differently from AWS: it stores a result with the ResultPath `$` in a
 * member of that name, ignores a Result that is false, zero, null or the empty string, and compares values of
 * different types in order.
 */
function withoutDifferences(definition: JsonRecord): JsonRecord {
  const states = isRecord(definition['States']) ? definition['States'] : {};
  const rewritten = Object.entries(states).map(([name, state]) => [
    name,
    isRecord(state) ? rewrite(state) : state,
  ]);
  return { ...definition, States: Object.fromEntries(rewritten) };
}

function rewrite(state: JsonRecord): JsonRecord {
  const { Choices: choices, Catch: catchers, Result: result, ...rest } = withoutWholePath(state);
  return {
    ...rest,
    ...(result ? { Result: result } : {}),
    ...(result === undefined || result ? {} : { Parameters: result }),
    ...(Array.isArray(choices) ? { Choices: choices.filter(isRecord).map(withTypeTest) } : {}),
    ...(Array.isArray(catchers) ? { Catch: catchers.filter(isRecord).map(withoutWholePath) } : {}),
  };
}

function withoutWholePath({ ResultPath: path, ...rest }: JsonRecord): JsonRecord {
  return path === undefined || path === '$' ? rest : { ...rest, ResultPath: path };
}

function withTypeTest({ Next, Variable, ...comparison }: JsonRecord): JsonRecord {
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
