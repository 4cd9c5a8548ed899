import { readJobDefinitions } from '../batch/job-definition.ts';
import { readJobQueues } from '../batch/job-queue.ts';
import type { CloudModel, Resource } from '../cloud.ts';
import { loadRules } from '../events/rule.ts';
import { readFunctionUrls } from '../function-urls/url-definition.ts';
import { accessKeys } from '../iam/access-keys.ts';
import { resourcePolicies } from '../iam/resource-policies.ts';
import { rolePolicies } from '../iam/role-policies.ts';
import { roleTrust } from '../iam/role-trust.ts';
import { statementsOf } from '../iam/statement.ts';
import { isRecord, listOf } from '../json.ts';
import { readEventInvokeConfig } from '../lambda/asynchronous/event-invoke-config.ts';
import { readFunctions } from '../lambda/function-config.ts';
import { loadQueueMappings } from '../queue-mappings/mapping.ts';
import { loadMachines } from '../stepfunctions/machine.ts';
import { loadStreamMappings } from '../streams/mapping.ts';

/** Throws an error if a service would not run the resource, which is the only one of its type in the model. */
type ResourceCheck = (model: CloudModel, resource: Resource) => unknown;

/** The checks of the types that a service can refuse after the template was read, by type. */
export const resourceChecks: ReadonlyMap<string, ResourceCheck> = new Map<string, ResourceCheck>([
  ['AWS::ApiGateway::RestApi', refuseSecondApi],
  ['AWS::Batch::ComputeEnvironment', checkComputeEnvironment],
  ['AWS::Batch::JobDefinition', checkJobDefinition],
  ['AWS::Batch::JobQueue', readJobQueues],
  ['AWS::Events::Rule', checkRule],
  ['AWS::IAM::ManagedPolicy', checkPolicy],
  ['AWS::IAM::Policy', checkPolicy],
  ['AWS::IAM::Role', checkRole],
  ['AWS::Lambda::EventInvokeConfig', checkEventInvokeConfig],
  ['AWS::Lambda::EventSourceMapping', checkMapping],
  ['AWS::Lambda::Function', checkFunction],
  ['AWS::Lambda::Url', readFunctionUrls],
  ['AWS::S3::BucketPolicy', resourcePolicies],
  ['AWS::SQS::Queue', checkQueue],
  ['AWS::SQS::QueuePolicy', resourcePolicies],
  ['AWS::StepFunctions::StateMachine', loadMachines],
]);

function refuseSecondApi(): void {
  throw new Error('the local runtime serves only the REST API of the first app; use a function URL instead');
}

function checkFunction(model: CloudModel, resource: Resource): void {
  readFunctions(model);
  requireRoles(model, resource);
}

/** Reads the compute environment without the queues, which need other environments too. */
function checkComputeEnvironment(model: CloudModel): void {
  readJobQueues({ ...model, ofType: (type) => (type === 'AWS::Batch::JobQueue' ? [] : model.ofType(type)) });
}

function checkJobDefinition(model: CloudModel, resource: Resource): void {
  readJobDefinitions(model);
  requireRoles(model, resource);
}

/** Functions and jobs call services with the key of their role. */
function requireRoles(model: CloudModel, resource: Resource): void {
  const roles = model.ofType('AWS::IAM::Role');
  accessKeys({
    ...model,
    ofType: (type) => (type === 'AWS::IAM::Role' ? roles : type === resource.type ? [resource] : []),
  });
}

function checkRole(model: CloudModel): void {
  rolePolicies(model);
  roleTrust(model);
}

function checkPolicy(model: CloudModel, { logicalId, properties }: Resource): void {
  statementsOf(properties['PolicyDocument'], logicalId);
  const roles = new Set<unknown>(model.ofType('AWS::IAM::Role').map(({ ref }) => ref));
  const missing = listOf(properties['Roles']).find((name) => !roles.has(name));
  if (missing !== undefined) throw new Error(`its role ${String(missing)} is in none of the apps`);
}

const targetServices = ['events', 'lambda', 'sqs', 'states'];

/** Events for another target would be retried for a day. */
function checkRule(model: CloudModel): void {
  const [rule] = loadRules(model, new Date());
  const unsupported = rule?.targets.find(({ arn }) => !targetServices.includes(arn.split(':')[2] ?? ''));
  if (unsupported !== undefined)
    throw new Error(
      `property Targets.Arn ${unsupported.arn} is not supported; the local runtime delivers to queues, functions, state machines and buses`,
    );
}

function checkEventInvokeConfig(model: CloudModel, { properties }: Resource): void {
  const name = String(properties['FunctionName']);
  readEventInvokeConfig(model, { name, arn: name });
}

/** Each of the two readers leaves the mappings of the other one out. */
function checkMapping(model: CloudModel): void {
  loadStreamMappings(model);
  loadQueueMappings(model);
}

/** Without its dead-letter queue, the queue would deliver a message again and again. */
function checkQueue(model: CloudModel, { properties }: Resource): void {
  const policy = properties['RedrivePolicy'];
  if (!isRecord(policy)) return;
  const target = String(policy['deadLetterTargetArn']);
  const exists = model.resources.some(({ type, arn }) => type === 'AWS::SQS::Queue' && arn === target);
  if (!exists) throw new Error(`property RedrivePolicy.deadLetterTargetArn: no app has the queue ${target}`);
}
