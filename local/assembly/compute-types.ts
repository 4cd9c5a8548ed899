import { functionUrlAddress, functionUrlId } from './function-url-address.ts';
import { generatedName, generatedUuid } from './physical-names.ts';
import { type IdentitySource, type ResourceTypes, TAGS_ARE_INERT } from './resource-type.ts';

const TRACES = 'traces are not collected here';

/** Types that run code or move events: functions, state machines, buses and rules. */
export const COMPUTE_TYPES: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
  'AWS::Lambda::Function': {
    identity: functionIdentity,
    honoured: [
      'FunctionName',
      'Code.S3Bucket',
      'Code.S3Key',
      'Handler',
      'Runtime',
      'Role',
      'MemorySize',
      'Timeout',
      'Environment.Variables.*',
      'ReservedConcurrentExecutions',
      'DeadLetterConfig.TargetArn',
    ],
    inert: {
      ...TAGS_ARE_INERT,
      Architectures: 'the code runs on this machine’s processor',
      Description: 'a label',
      TracingConfig: TRACES,
      LoggingConfig: 'each function logs to a file in the data folder',
    },
  },
  'AWS::Lambda::Permission': {
    identity: (source) => ({ ref: generatedName(source, 100), attributes: {} }),
    honoured: [
      'Action',
      'FunctionName',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
      'Principal',
      'SourceArn',
      'SourceAccount',
    ],
    inert: {},
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html
  'AWS::Lambda::Url': {
    identity: urlIdentity,
    honoured: ['AuthType', 'InvokeMode', 'Qualifier', 'TargetFunctionArn'],
    inert: {},
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
  'AWS::Lambda::EventSourceMapping': {
    identity: mappingIdentity,
    honoured: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig.OnFailure.Destination',
      'Enabled',
      'EventSourceArn',
      'FilterCriteria.Filters.Pattern',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'StartingPosition',
    ],
    inert: {
      ...TAGS_ARE_INERT,
      'MetricsConfig.Metrics': 'no metrics are kept locally',
      ParallelizationFactor: 'a local stream has one shard and is read in order',
    },
  },
  'AWS::Lambda::EventInvokeConfig': {
    identity: (source) => ({ ref: generatedName(source, 100), attributes: {} }),
    honoured: [
      'FunctionName',
      'Qualifier',
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'DestinationConfig.OnFailure.Destination',
      'DestinationConfig.OnSuccess.Destination',
    ],
    inert: {},
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
  'AWS::StepFunctions::StateMachine': {
    identity: stateMachineIdentity,
    honoured: [
      'StateMachineName',
      'StateMachineType',
      'DefinitionString',
      'Definition.**',
      'DefinitionSubstitutions.**',
      'RoleArn',
    ],
    inert: {
      ...TAGS_ARE_INERT,
      LoggingConfiguration: 'executions are kept in the data folder',
      TracingConfiguration: TRACES,
    },
  },
  'AWS::Events::EventBus': {
    identity: busIdentity,
    honoured: ['Name'],
    inert: { ...TAGS_ARE_INERT, Description: 'a label' },
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
  'AWS::Events::Rule': {
    identity: ruleIdentity,
    honoured: [
      'Name',
      'EventBusName',
      'EventPattern.**',
      'ScheduleExpression',
      'State',
      'RoleArn',
      'Targets.Arn',
      'Targets.Id',
      'Targets.RoleArn',
      'Targets.Input',
      'Targets.InputPath',
      'Targets.InputTransformer.InputPathsMap.*',
      'Targets.InputTransformer.InputTemplate',
      'Targets.DeadLetterConfig.Arn',
      'Targets.RetryPolicy.MaximumEventAgeInSeconds',
      'Targets.RetryPolicy.MaximumRetryAttempts',
    ],
    inert: { ...TAGS_ARE_INERT, Description: 'a label' },
  },
};

function functionIdentity(source: IdentitySource) {
  const name = source.text('FunctionName') ?? generatedName(source, 64);
  const arn = `arn:aws:lambda:${source.region}:${source.accountId}:function:${name}`;
  return { ref: name, arn, attributes: { Arn: arn } };
}

/** Both the name and the ARN of a function may be its target; `Ref` yields what CloudFormation tells it by, the ARN. */
function urlIdentity(source: IdentitySource) {
  const target = source.text('TargetFunctionArn') ?? '';
  const isArn = target.startsWith('arn:');
  const arn = isArn ? target : `arn:aws:lambda:${source.region}:${source.accountId}:function:${target}`;
  const qualifier = source.text('Qualifier');
  const functionArn = qualifier === undefined ? arn : `${arn}:${qualifier}`;
  const url = functionUrlAddress(functionUrlId(source), source.region);
  return { ref: functionArn, attributes: { FunctionArn: functionArn, FunctionUrl: url } };
}

function mappingIdentity(source: IdentitySource) {
  const id = generatedUuid(source);
  const arn = `arn:aws:lambda:${source.region}:${source.accountId}:event-source-mapping:${id}`;
  return { ref: id, arn, attributes: { Id: id, EventSourceMappingArn: arn } };
}

function stateMachineIdentity(source: IdentitySource) {
  const name = source.text('StateMachineName') ?? generatedName(source, 80);
  const arn = `arn:aws:states:${source.region}:${source.accountId}:stateMachine:${name}`;
  return { ref: arn, arn, attributes: { Arn: arn, Name: name } };
}

function busIdentity(source: IdentitySource) {
  const name = source.text('Name') ?? generatedName(source, 256);
  const arn = `arn:aws:events:${source.region}:${source.accountId}:event-bus/${name}`;
  return { ref: name, arn, attributes: { Arn: arn, Name: name } };
}

/** A rule on the default bus has neither the bus in its ARN nor in what `Ref` yields. */
function ruleIdentity(source: IdentitySource) {
  const name = source.text('Name') ?? generatedName(source, 64);
  const bus = source.text('EventBusName')?.split('/').at(-1);
  const onOwnBus = bus !== undefined && bus !== 'default';
  const path = onOwnBus ? `${bus}/${name}` : name;
  const arn = `arn:aws:events:${source.region}:${source.accountId}:rule/${path}`;
  return { ref: onOwnBus ? `${bus}|${name}` : name, arn, attributes: { Arn: arn } };
}
