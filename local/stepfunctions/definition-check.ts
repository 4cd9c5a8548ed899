import { isRecord, type JsonRecord, refuseUnknown, textOrJson } from '../json.ts';

const stateFields = ['Type', 'Comment', 'QueryLanguage'];
const flow = [...stateFields, 'InputPath', 'OutputPath', 'Next', 'End'];
const fields: Readonly<Record<string, readonly string[]>> = {
  Pass: [...flow, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...flow, 'Seconds', 'SecondsPath'],
  Choice: [...stateFields, 'InputPath', 'OutputPath', 'Choices', 'Default'],
  Succeed: [...stateFields, 'InputPath', 'OutputPath'],
  Fail: [...stateFields, 'Error', 'Cause'],
  Task: [
    ...flow,
    ...['Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'],
    ...['Resource', 'Credentials', 'TimeoutSeconds', 'TimeoutSecondsPath'],
  ],
};
const machineFields = ['Comment', 'StartAt', 'States', 'Version', 'TimeoutSeconds', 'QueryLanguage'];
const retryFields = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const catchFields = ['ErrorEquals', 'Next', 'ResultPath', 'Comment'];
const lambdaInvoke = 'arn:aws:states:::lambda:invoke';

/**
 * Throws an error that names machine, state and field if a definition uses something that the runtime does
 * not support: JSONata, Assign, heartbeats, nested states, or service integrations other than Lambda's. Paths,
 * templates and choice rules are checked when they are compiled.
 */
export function checkDefinition(definition: JsonRecord, where: string): void {
  refuseUnknown(definition, machineFields, where);
  refuseJsonata(definition, where);
  checkStates(definition, where);
}

function checkStates(definition: JsonRecord, where: string): void {
  const states = definition['States'];
  if (!isRecord(states)) throw new Error(`${where}: States must be an object`);
  for (const [name, state] of Object.entries(states)) {
    if (!isRecord(state)) throw new Error(`${where}, state ${name}: must be an object`);
    checkState(state, `${where}, state ${name}`);
  }
}

function checkState(state: JsonRecord, where: string): void {
  const known = fields[String(state['Type'])];
  if (known === undefined)
    throw new Error(`${where}: Type ${String(state['Type'])} is not supported by the local runtime`);
  refuseUnknown(state, known, where);
  refuseJsonata(state, where);
  if (state['Type'] === 'Task') checkTask(state, where);
  checkRules(state, where);
}

function refuseJsonata(scope: JsonRecord, where: string): void {
  const language = scope['QueryLanguage'] ?? 'JSONPath';
  if (language !== 'JSONPath')
    throw new Error(`${where}: QueryLanguage ${textOrJson(language)} is not supported by the local runtime`);
}

function checkTask(state: JsonRecord, where: string): void {
  checkCredentials(state, where);
  const resource = String(state['Resource']);
  if (resource !== lambdaInvoke)
    throw new Error(`${where}: Resource ${resource} is not supported by the local runtime`);
  const parameters = state['Parameters'];
  if (!isRecord(parameters)) throw new Error(`${where}: Parameters must contain FunctionName`);
  refuseUnknown(
    parameters,
    ['FunctionName', 'FunctionName.$', 'Payload', 'Payload.$', 'InvocationType'],
    `${where}, Parameters`,
  );
  const { InvocationType: type = 'RequestResponse' } = parameters;
  if (type !== 'RequestResponse' && type !== 'Event')
    throw new Error(`${where}: InvocationType ${textOrJson(type)} is not supported by the local runtime`);
  if (!('FunctionName' in parameters || 'FunctionName.$' in parameters))
    throw new Error(`${where}: Parameters must contain FunctionName`);
}

/** The role must be constant: a role from the input could be any role. */
function checkCredentials({ Credentials: credentials }: JsonRecord, where: string): void {
  if (credentials === undefined) return;
  if (!isRecord(credentials)) throw new Error(`${where}: Credentials must contain RoleArn`);
  refuseUnknown(credentials, ['RoleArn'], `${where}, Credentials`);
  if (typeof credentials['RoleArn'] !== 'string')
    throw new Error(`${where}, Credentials: RoleArn must be the ARN of a role`);
}

function checkRules(state: JsonRecord, where: string): void {
  for (const [field, known] of [
    ['Retry', retryFields],
    ['Catch', catchFields],
  ] as const) {
    const rules: readonly unknown[] = Array.isArray(state[field]) ? state[field] : [];
    rules.forEach((rule, index) => {
      const ruleWhere = `${where}, ${field}[${index}]`;
      if (!isRecord(rule)) throw new Error(`${ruleWhere}: must be an object`);
      refuseUnknown(rule, known, ruleWhere);
      checkErrorNames(rule, index === rules.length - 1, ruleWhere);
    });
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function checkErrorNames(rule: JsonRecord, isLast: boolean, where: string): void {
  const names: readonly unknown[] = Array.isArray(rule['ErrorEquals']) ? rule['ErrorEquals'] : [];
  if (names.length === 0) throw new Error(`${where}: ErrorEquals must name an error`);
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    throw new Error(`${where}: States.ALL must be the only error name of the last rule`);
  }
  const rate = rule['BackoffRate'];
  if (rate !== undefined && !(typeof rate === 'number' && rate >= 1))
    throw new Error(`${where}: BackoffRate must be at least 1`);
}
