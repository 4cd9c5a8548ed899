import type { CloudModel, Principal, Resource } from '../cloud.ts';
import { isRecord, refuseUnknown, textOrJson } from '../json.ts';
import { busArnOf, busNameOf } from './bus-name.ts';
import { compileEventPattern, type EventMatcher } from './event-pattern.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';
import { parseTargetInput, type TargetInput } from './target-input.ts';

/** A target of a rule with its retry limits. */
export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly principal: Principal;
  readonly input: TargetInput;
  readonly deadLetterArn?: string;
  readonly maximumRetries: number;
  readonly maximumAgeSeconds: number;
}

/** An enabled rule of the template. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly matches?: EventMatcher;
  readonly schedule?: Schedule;
  readonly targets: readonly RuleTarget[];
}

const ruleProperties = [
  'Name',
  'Description',
  'EventBusName',
  'EventPattern',
  'ScheduleExpression',
  'State',
  'Targets',
  'RoleArn',
  'Tags',
];
const targetProperties = [
  'Id',
  'Arn',
  'Input',
  'InputPath',
  'InputTransformer',
  'RoleArn',
  'DeadLetterConfig',
  'RetryPolicy',
];
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const maxRetries = 185;
const maxAgeSeconds = 86_400;

/** Reads every enabled rule of the model. Throws an error that names the rule and the unsupported part. */
export function loadRules(model: CloudModel, startedAt: Date): readonly Rule[] {
  return model
    .ofType('AWS::Events::Rule')
    .filter((resource) => resource.properties['State'] !== 'DISABLED')
    .map((resource) => loadRule(resource, model, startedAt));
}

function loadRule(resource: Resource, model: CloudModel, startedAt: Date): Rule {
  const where = `Rule ${resource.stack}/${resource.logicalId}`;
  const { properties } = resource;
  refuseUnknown(properties, ruleProperties, where);
  const busName = busNameOf(textOrJson(properties['EventBusName'] ?? 'default'));
  busArnOf(model, busName, where);
  const name = resource.ref.split('|').at(-1) ?? resource.ref;
  const arn = resource.arn ?? ruleArn(model, busName, name);
  const { EventPattern: pattern, ScheduleExpression: schedule, Targets: targets } = properties;
  if (pattern === undefined && schedule === undefined)
    throw new Error(`${where}: must have an EventPattern or a ScheduleExpression`);
  if (schedule !== undefined && busName !== 'default')
    throw new Error(`${where}: schedules are supported only on the default bus`);
  return {
    name,
    arn,
    busName,
    ...(pattern === undefined ? {} : { matches: compileEventPattern(pattern, `${where}, EventPattern`) }),
    ...(schedule === undefined ? {} : { schedule: parseSchedule(textOrJson(schedule), startedAt) }),
    targets: (Array.isArray(targets) ? targets : []).map((target: unknown) =>
      loadTarget(target, { name, arn }, where),
    ),
  };
}

function ruleArn(model: CloudModel, busName: string, name: string): string {
  const path = busName === 'default' ? name : `${busName}/${name}`;
  return `arn:aws:events:${model.region}:${model.accountId}:rule/${path}`;
}

function loadTarget(
  target: unknown,
  rule: { readonly name: string; readonly arn: string },
  ruleWhere: string,
): RuleTarget {
  if (!isRecord(target)) throw new Error(`${ruleWhere}: a target must be an object`);
  const where = `${ruleWhere}, target ${String(target['Id'])}`;
  refuseUnknown(target, targetProperties, where);
  const retry = isRecord(target['RetryPolicy']) ? target['RetryPolicy'] : {};
  refuseUnknown(retry, ['MaximumRetryAttempts', 'MaximumEventAgeInSeconds'], where);
  const deadLetter = isRecord(target['DeadLetterConfig']) ? target['DeadLetterConfig']['Arn'] : undefined;
  const roleArn = target['RoleArn'];
  return {
    id: String(target['Id']),
    arn: String(target['Arn']),
    principal:
      typeof roleArn === 'string'
        ? { kind: 'role', roleArn, sessionName: rule.name }
        : { kind: 'service', service: 'events.amazonaws.com', sourceArn: rule.arn },
    input: parseTargetInput(target, rule, where),
    ...(typeof deadLetter === 'string' ? { deadLetterArn: deadLetter } : {}),
    maximumRetries: Number(retry['MaximumRetryAttempts'] ?? maxRetries),
    maximumAgeSeconds: Number(retry['MaximumEventAgeInSeconds'] ?? maxAgeSeconds),
  };
}
