import type { AssemblyChange, AssemblyCopy, TemplateResource } from './assembly-copy.ts';

/** Jobs are checked, and attempts are given up, this number of seconds late instead of 60. */
export function checkIntervalSeconds(seconds: number): AssemblyChange {
  return ({ resources }) => {
    const environments = Object.values(resources.Errand).flatMap(
      ({ Properties }) => Properties?.['Environment']?.Variables ?? [],
    );
    const lookers = environments.filter((variables) => 'LOOK_AFTER_SECONDS' in variables);
    if (lookers.length === 0) throw new Error('no function has LOOK_AFTER_SECONDS');
    for (const variables of lookers) variables.LOOK_AFTER_SECONDS = String(seconds);
  };
}

/** A tenant can have this number of simultaneous long polls, instead of 50. */
export function maxHeldCalls(count: number): AssemblyChange {
  return ({ resources }) => {
    const environments = Object.values(resources.Errand).flatMap(
      ({ Properties }) => Properties?.['Environment']?.Variables ?? [],
    );
    const holders = environments.filter((variables) => 'MAX_HELD_CALLS' in variables);
    if (holders.length < 2) throw new Error('submit and api have no MAX_HELD_CALLS');
    for (const variables of holders) variables.MAX_HELD_CALLS = String(count);
  };
}

/** The event log keeps events for this number of days, instead of 30; 0 for no event log. */
export function eventLogDays(days: number): AssemblyChange {
  return ({ resources }) => {
    const environments = Object.values(resources.Errand).flatMap(
      ({ Properties }) => Properties?.['Environment']?.Variables ?? [],
    );
    const users = environments.filter((variables) => 'EVENT_LOG_DAYS' in variables);
    if (users.length < 2) throw new Error('live and publish-events have no EVENT_LOG_DAYS');
    for (const variables of users) variables.EVENT_LOG_DAYS = String(days);
  };
}

/** The publisher receives each record of the table's stream by itself, as in a service with little traffic. */
export const singleRecords: AssemblyChange = ({ resources }) => {
  const mappings = Object.values(resources.Errand).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventSourceMapping' && Properties['StartingPosition'] !== undefined,
  );
  if (mappings.length !== 1)
    throw new Error('the stack has not exactly one event source mapping of a stream');
  for (const { Properties } of mappings) Properties['BatchSize'] = 1;
};

/**
 * Removes an action on the resources whose JSON contains `onResource` from a role, and nothing else. Throws when the
 * role had no such grant.
 */
export function withoutGrant(role: string, action: string, onResource: string): AssemblyChange {
  return (assembly) => {
    const document = policyOf(assembly, role).Properties['PolicyDocument'];
    const before: readonly Statement[] = document.Statement;
    if (!before.some((statement) => grants(statement, action, onResource)))
      throw new Error(`${role} has no grant of ${action} on ${onResource}`);
    document.Statement = before.flatMap((statement) => narrowed(statement, action, onResource));
  };
}

/** Makes a role trust no principal. Throws when the role does not exist. */
export function withoutTrust(role: string): AssemblyChange {
  return ({ resources }) => {
    const found = Object.entries(resources.Errand).find(
      ([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith(role),
    );
    if (found === undefined) throw new Error(`no role ${role}`);
    found[1].Properties['AssumeRolePolicyDocument'].Statement = [];
  };
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function policyOf({ resources }: AssemblyCopy, role: string): TemplateResource {
  const found = Object.entries(resources.Errand).find(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`${role}DefaultPolicy`),
  );
  if (found === undefined) throw new Error(`no policy of ${role}`);
  return found[1];
}

function grants(statement: Statement, action: string, onResource: string): boolean {
  return (
    [statement.Action].flat().includes(action) && JSON.stringify(statement.Resource).includes(onResource)
  );
}

/** The statement in up to two parts: its other actions, and this action on its other resources. */
function narrowed(statement: Statement, action: string, onResource: string): readonly Statement[] {
  if (!grants(statement, action, onResource)) return [statement];
  const actions = [statement.Action].flat().filter((one) => one !== action);
  const resources = [statement.Resource].flat().filter((one) => !JSON.stringify(one).includes(onResource));
  return [
    ...(actions.length === 0 ? [] : [{ ...statement, Action: actions }]),
    ...(resources.length === 0 ? [] : [{ ...statement, Action: action, Resource: resources }]),
  ];
}

/** Changes the text of both state machines' definitions. Throws when the change had no effect. */
export function withRouter(change: (definition: RouterStates) => void): AssemblyChange {
  return ({ resources }) => {
    for (const { Type, Properties } of Object.values(resources.Errand)) {
      if (Type !== 'AWS::StepFunctions::StateMachine') continue;
      Properties['DefinitionString'] = changed(Properties['DefinitionString'], change);
    }
  };
}

// biome-ignore lint/suspicious/noExplicitAny: states have many shapes
type RouterStates = Record<string, any>;

/** The definition is a join of JSON text and references; a placeholder replaces each reference during the change. */
function changed(definition: { 'Fn::Join': [string, unknown[]] }, change: (states: RouterStates) => void) {
  const parts = definition['Fn::Join'][1];
  const marked = parts.map((part, index) => (typeof part === 'string' ? part : `@@${index}@@`)).join('');
  const parsed = JSON.parse(marked);
  change(parsed.States);
  const text = JSON.stringify(parsed);
  if (text === marked) throw new Error('the change left the definition as it was');
  const pieces = text
    .split(/@@(\d+)@@/)
    .map((piece, index) => (index % 2 === 0 ? piece : parts[Number(piece)]));
  return { 'Fn::Join': ['', pieces] };
}

/** Limits the simultaneous runs of an example service, as with reserved concurrency. */
export function reservedConcurrency(functionName: string, count: number): AssemblyChange {
  return ({ resources }) => {
    const found = Object.values(resources.ErrandExamples ?? {}).find(
      ({ Properties }) => Properties?.['FunctionName'] === functionName,
    );
    if (found === undefined) throw new Error(`no example ${functionName}`);
    found.Properties['ReservedConcurrentExecutions'] = count;
  };
}
