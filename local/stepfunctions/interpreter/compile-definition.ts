import { isRecord, type JsonRecord } from '../../json.ts';
import { compileChoiceRule } from './choice-rule.ts';
import { compileCatchers, compileRetriers } from './error-rules.ts';
import { compileTemplate, type Template } from './payload-template.ts';
import { compilePath, compileResultPath, type ReferencePath } from './reference-path.ts';
import type { ChoiceState, FailState, PassState, Program, State, TaskState, WaitState } from './state.ts';

/**
 * Compiles a definition that `checkDefinition` accepted. Throws an error with `where`, the state and the field
 * for a path or a choice rule that the runtime does not support.
 */
export function compileDefinition(definition: JsonRecord, where: string): Program {
  const states = Object.entries(isRecord(definition['States']) ? definition['States'] : {});
  return {
    startAt: String(definition['StartAt']),
    states: new Map(
      states.flatMap(([name, state]) =>
        isRecord(state) ? [[name, compileState(name, state, `${where}, state ${name}`)] as const] : [],
      ),
    ),
  };
}

function compileState(name: string, state: JsonRecord, where: string): State {
  if (state['Type'] === 'Fail') return compileFail(name, state);
  const filtered = {
    name,
    inputPath: filter(state, 'InputPath', where),
    outputPath: filter(state, 'OutputPath', where),
  };
  switch (state['Type']) {
    case 'Task':
      return { ...filtered, ...compileTask(state, where) };
    case 'Choice':
      return { ...filtered, ...compileChoice(state, where) };
    case 'Wait':
      return { ...filtered, ...compileWait(state, where) };
    case 'Pass':
      return { ...filtered, ...compilePass(state, where) };
    default:
      return { ...filtered, type: 'Succeed' };
  }
}

type OwnFields<S extends State> = Omit<S, 'name' | 'inputPath' | 'outputPath'>;

function compileTask(state: JsonRecord, where: string): OwnFields<TaskState> {
  const { TimeoutSeconds: timeout, TimeoutSecondsPath: path, Credentials: credentials } = state;
  return {
    type: 'Task',
    parameters: template(state, 'Parameters', where),
    resultSelector: template(state, 'ResultSelector', where),
    resultPath: compileResultPath(state['ResultPath'], where),
    ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }),
    ...(path === undefined ? {} : { timeoutSeconds: compilePath(path, 'TimeoutSecondsPath', where) }),
    ...(isRecord(credentials) ? { credentialsRoleArn: String(credentials['RoleArn']) } : {}),
    retriers: compileRetriers(state['Retry']),
    catchers: compileCatchers(state['Catch'], where),
    next: nextOf(state),
  };
}

function compileChoice(state: JsonRecord, where: string): OwnFields<ChoiceState> {
  const rules: readonly unknown[] = Array.isArray(state['Choices']) ? state['Choices'] : [];
  return {
    type: 'Choice',
    rules: rules.map((rule) => compileChoiceRule(rule, where)),
    ...(typeof state['Default'] === 'string' ? { default: state['Default'] } : {}),
  };
}

function compileWait(state: JsonRecord, where: string): OwnFields<WaitState> {
  const path = state['SecondsPath'];
  return {
    type: 'Wait',
    seconds: state['Seconds'],
    ...(path === undefined ? {} : { secondsPath: compilePath(path, 'SecondsPath', where) }),
    next: nextOf(state),
  };
}

function compilePass(state: JsonRecord, where: string): OwnFields<PassState> {
  return {
    type: 'Pass',
    parameters: template(state, 'Parameters', where),
    result: state['Result'],
    resultPath: compileResultPath(state['ResultPath'], where),
    next: nextOf(state),
  };
}

function compileFail(name: string, { Error: error, Cause: cause }: JsonRecord): FailState {
  return {
    type: 'Fail',
    name,
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof cause === 'string' ? { cause } : {}),
  };
}

function filter(state: JsonRecord, field: 'InputPath' | 'OutputPath', where: string): ReferencePath | null {
  return state[field] === null ? null : compilePath(state[field] ?? '$', field, where);
}

/** An absent template returns its input unchanged. */
function template(state: JsonRecord, field: 'Parameters' | 'ResultSelector', where: string): Template {
  if (state[field] === undefined) return (sources) => sources.input;
  return compileTemplate(state[field], `${where}, ${field}`);
}

function nextOf(state: JsonRecord): string | null {
  return typeof state['Next'] === 'string' ? state['Next'] : null;
}
