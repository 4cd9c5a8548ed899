import { StateMachine } from 'aws-local-stepfunctions';
import { isRecord, type JsonRecord, textOrJson } from '../json.ts';
import { rewriteState } from './definition-rewrite.ts';

/** Definition as the engine's constructor expects it. */
type EngineDefinition = ConstructorParameters<typeof StateMachine>[0];

/** The task of a step: Lambda's integration or a local wait. */
export interface TaskPlan {
  readonly state: string;
  readonly resource: string;
  /** True if the call is passed next to its timeout (see `rewriteState`). */
  readonly wrapped: boolean;
  /** ARN of the role that the machine assumes for the call; the machine's own role if absent. */
  readonly credentialsRoleArn?: string;
  /** Constant duration of a wait. */
  readonly waitFor?: JsonRecord;
  /** Error names in Retry and Catch. */
  readonly retries: readonly string[];
  readonly catches: readonly string[];
}

/** A state that is ready to be run by the engine. */
export interface Step {
  readonly name: string;
  readonly engine: StateMachine;
  /** Absent for a state that calls nothing. */
  readonly task?: TaskPlan;
  /** Name of the engine's exit state by next state; null is the end of the execution. */
  readonly exits: ReadonlyMap<string, string | null>;
}

/**
 * Builds the step of a checked state. The engine runs one state at a time and leaves it through an exit that
 * determines the next state. The loop over the states is not the engine's, because the data limit and the
 * context object apply per state.
 */
export function buildStep(name: string, state: JsonRecord, delayScale: number): Step {
  const exits = new Map<string, string | null>();
  const exitTo = (next: unknown): string => {
    const exit = next === null ? 'exit: end' : `exit: to ${textOrJson(next)}`;
    exits.set(exit, next === null ? null : textOrJson(next));
    return exit;
  };
  const body = redirect(rewriteState(state, delayScale), exitTo);
  const exitStates = [...exits.keys()].map((exit) => [exit, { Type: 'Task', Resource: 'exit', End: true }]);
  const definition = { StartAt: name, States: { [name]: body, ...Object.fromEntries(exitStates) } };
  // Safe cast: the definition was validated and checked before it was rewritten for the engine.
  const engine = new StateMachine(definition as unknown as EngineDefinition, {
    validationOptions: { noValidate: true },
  });
  const task = body['Type'] === 'Task' ? { task: planOf(name, body) } : {};
  return { name, engine, exits, ...task };
}

function redirect(state: JsonRecord, exitTo: (next: unknown) => string): JsonRecord {
  const { Next, End, ...rest } = state;
  if (state['Type'] === 'Fail') return state;
  if (state['Type'] === 'Choice') return redirectChoice(state, exitTo);
  const body = state['Type'] === 'Succeed' ? { ...rest, Type: 'Pass' } : rest;
  const catchers: readonly unknown[] = Array.isArray(state['Catch']) ? state['Catch'] : [];
  const caught = catchers.filter(isRecord).map((rule) => ({ ...rule, Next: exitTo(rule['Next']) }));
  return { ...body, Next: exitTo(Next ?? null), ...(caught.length > 0 ? { Catch: caught } : {}) };
}

function redirectChoice(state: JsonRecord, exitTo: (next: unknown) => string): JsonRecord {
  const rules: readonly unknown[] = Array.isArray(state['Choices']) ? state['Choices'] : [];
  const choices = rules.filter(isRecord).map((rule) => ({ ...rule, Next: exitTo(rule['Next']) }));
  return { ...state, Choices: choices, ...('Default' in state ? { Default: exitTo(state['Default']) } : {}) };
}

function planOf(name: string, state: JsonRecord): TaskPlan {
  const waitFor = state['WaitFor'];
  const credentials = state['Credentials'];
  return {
    state: name,
    resource: String(state['Resource']),
    wrapped: state['TimeoutSecondsPath'] !== undefined,
    ...(isRecord(waitFor) ? { waitFor } : {}),
    ...(isRecord(credentials) ? { credentialsRoleArn: String(credentials['RoleArn']) } : {}),
    retries: errorNames(state['Retry']),
    catches: errorNames(state['Catch']),
  };
}

function errorNames(rules: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(rules) ? rules : [];
  return list
    .filter(isRecord)
    .flatMap((rule) => (Array.isArray(rule['ErrorEquals']) ? rule['ErrorEquals'].map(String) : []));
}
