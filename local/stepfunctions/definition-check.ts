import { isJsonObject, type JsonObject, refuseUnknown, textOf } from '../events/json.ts';

const stateFields = ['Type', 'Comment', 'QueryLanguage'];
const flow = [...stateFields, 'InputPath', 'OutputPath', 'Next', 'End'];
const taskMembers = [...flow, 'Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'];
const fields: Readonly<Record<string, readonly string[]>> = {
  Pass: [...flow, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...flow, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...stateFields, 'InputPath', 'OutputPath', 'Choices', 'Default'],
  Succeed: [...stateFields, 'InputPath', 'OutputPath'],
  Fail: [...stateFields, 'Error', 'Cause', 'ErrorPath', 'CausePath'],
  Task: [...taskMembers, 'Resource', 'Credentials', 'TimeoutSeconds', 'TimeoutSecondsPath'],
  Parallel: [...taskMembers, 'Branches'],
  Map: [
    ...taskMembers,
    'ItemProcessor',
    'Iterator',
    'ItemSelector',
    'ItemsPath',
    'MaxConcurrency',
    'MaxConcurrencyPath',
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
const referencePath = /^\$(\.[A-Za-z_][\w-]*)*$/;
/** States.JsonToString is not supported, because the engine removes the backslashes of its result. */
const intrinsic =
  /^States\.(Format|StringToJson|Array|ArrayPartition|ArrayContains|ArrayRange|ArrayGetItem|ArrayLength|ArrayUnique|Base64Encode|Base64Decode|Hash|JsonMerge|MathRandom|MathAdd|StringSplit|UUID)\(.*\)$/s;

/**
 * Throws an error that names machine, state and field if a definition uses something that the engine would
 * ignore or execute differently from AWS: JSONata, Assign, heartbeats, distributed maps, or service
 * integrations other than Lambda's.
 */
export function checkDefinition(definition: JsonObject, where: string): void {
  refuseUnknown(definition, machineFields, where);
  refuseJsonata(definition, where);
  checkStates(definition, where, false);
}

function checkStates(scope: JsonObject, where: string, nested: boolean): void {
  const states = scope['States'];
  if (!isJsonObject(states)) throw new Error(`${where}: States must be an object`);
  for (const [name, state] of Object.entries(states)) {
    if (!isJsonObject(state)) throw new Error(`${where}, state ${name}: must be an object`);
    checkState(state, `${where}, state ${name}`, nested);
  }
}

function checkState(state: JsonObject, where: string, nested: boolean): void {
  const known = fields[String(state['Type'])];
  if (known === undefined)
    throw new Error(`${where}: Type ${String(state['Type'])} is not supported by the local runtime`);
  refuseUnknown(state, known, where);
  refuseJsonata(state, where);
  if (state['Type'] === 'Task') checkTask(state, where);
  checkFailurePaths(state, where);
  checkReferencePath(state, where);
  checkRules(state, where);
  checkTexts(state, where, nested);
  checkNested(state, where);
}

function refuseJsonata(scope: JsonObject, where: string): void {
  const language = scope['QueryLanguage'] ?? 'JSONPath';
  if (language !== 'JSONPath')
    throw new Error(`${where}: QueryLanguage ${textOf(language)} is not supported by the local runtime`);
}

function checkTask(state: JsonObject, where: string): void {
  checkCredentials(state, where);
  const resource = String(state['Resource']);
  if (/^arn:aws:lambda:[^:]+:\d+:function:/.test(resource)) return;
  if (resource !== lambdaInvoke)
    throw new Error(`${where}: Resource ${resource} is not supported by the local runtime`);
  const parameters = state['Parameters'];
  if (!isJsonObject(parameters)) throw new Error(`${where}: Parameters must contain FunctionName`);
  refuseUnknown(
    parameters,
    ['FunctionName', 'FunctionName.$', 'Payload', 'Payload.$', 'InvocationType'],
    `${where}, Parameters`,
  );
  const { InvocationType: type = 'RequestResponse' } = parameters;
  if (type !== 'RequestResponse' && type !== 'Event')
    throw new Error(`${where}: InvocationType ${textOf(type)} is not supported by the local runtime`);
  if (!('FunctionName' in parameters || 'FunctionName.$' in parameters))
    throw new Error(`${where}: Parameters must contain FunctionName`);
}

/** The role must be constant: a role from the input could be any role. */
function checkCredentials({ Credentials: credentials }: JsonObject, where: string): void {
  if (credentials === undefined) return;
  if (!isJsonObject(credentials)) throw new Error(`${where}: Credentials must contain RoleArn`);
  refuseUnknown(credentials, ['RoleArn'], `${where}, Credentials`);
  if (typeof credentials['RoleArn'] !== 'string')
    throw new Error(`${where}, Credentials: RoleArn must be the ARN of a role`);
}

function checkFailurePaths(state: JsonObject, where: string): void {
  for (const key of ['ErrorPath', 'CausePath']) {
    const path = state[key];
    if (path !== undefined && !textOf(path).startsWith('$'))
      throw new Error(`${where}: ${key} must be a path in the local runtime`);
  }
}

function checkReferencePath(scope: JsonObject, where: string): void {
  const path = scope['ResultPath'];
  if (path !== undefined && path !== null && !referencePath.test(textOf(path))) {
    throw new Error(`${where}: ResultPath ${textOf(path)} is not supported by the local runtime`);
  }
}

function checkRules(state: JsonObject, where: string): void {
  for (const [field, known] of [
    ['Retry', retryFields],
    ['Catch', catchFields],
  ] as const) {
    const rules: readonly unknown[] = Array.isArray(state[field]) ? state[field] : [];
    rules.forEach((rule, index) => {
      const ruleWhere = `${where}, ${field}[${index}]`;
      if (!isJsonObject(rule)) throw new Error(`${ruleWhere}: must be an object`);
      refuseUnknown(rule, known, ruleWhere);
      checkReferencePath(rule, ruleWhere);
      checkErrorNames(rule, index === rules.length - 1, ruleWhere);
    });
  }
}

/**
 * AWS requires States.ALL alone and last, and the matching of uncatchable errors in the local runtime relies
 * on it.
 */
function checkErrorNames(rule: JsonObject, isLast: boolean, where: string): void {
  const names: readonly unknown[] = Array.isArray(rule['ErrorEquals']) ? rule['ErrorEquals'] : [];
  if (names.length === 0) throw new Error(`${where}: ErrorEquals must name an error`);
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    throw new Error(`${where}: States.ALL must be the only error name of the last rule`);
  }
  const rate = rule['BackoffRate'];
  if (rate !== undefined && !(typeof rate === 'number' && rate >= 1))
    throw new Error(`${where}: BackoffRate must be at least 1`);
}

function checkNested(state: JsonObject, where: string): void {
  const branches: readonly unknown[] = Array.isArray(state['Branches']) ? state['Branches'] : [];
  const scopes = [...branches, state['ItemProcessor'], state['Iterator']].filter(
    (scope) => scope !== undefined,
  );
  for (const scope of scopes) {
    if (!isJsonObject(scope)) throw new Error(`${where}: a branch must be an object`);
    refuseUnknown(scope, ['StartAt', 'States', 'Comment', 'ProcessorConfig', 'QueryLanguage'], where);
    refuseJsonata(scope, where);
    const config = scope['ProcessorConfig'];
    if (isJsonObject(config) && config['Mode'] !== 'INLINE')
      throw new Error(`${where}: Mode ${String(config['Mode'])} is not supported by the local runtime`);
    checkStates(scope, where, true);
  }
}

/** Checks the templates and paths of a state, without its nested states. */
function checkTexts(value: unknown, where: string, nested: boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) checkTexts(item, where, nested);
  }
  if (!isJsonObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (['Branches', 'ItemProcessor', 'Iterator', 'Result'].includes(key)) continue;
    if (typeof member !== 'string') checkTexts(member, where, nested);
    else if (key.endsWith('.$')) checkExpression(member, `${where}, ${key}`, nested);
    else if (key.endsWith('Path') || key === 'Variable') checkContextUse(member, `${where}, ${key}`, nested);
  }
}

function checkExpression(text: string, where: string, nested: boolean): void {
  if (!text.startsWith('$') && !intrinsic.test(text))
    throw new Error(`${where}: ${text} is not supported by the local runtime`);
  if (/States\.JsonToString\(/.test(text))
    throw new Error(`${where}: States.JsonToString is not supported by the local runtime`);
  checkContextUse(text, where, nested);
}

function checkContextUse(text: string, where: string, nested: boolean): void {
  for (const [use, root] of text.matchAll(/\$\$(?:\.(\w+))?/g)) {
    const known = nested
      ? ['Execution', 'StateMachine', 'Map']
      : ['Execution', 'StateMachine', 'Map', 'State'];
    if (root === undefined || !known.includes(root))
      throw new Error(`${where}: ${use} is not supported by the local runtime at this location`);
  }
}
