import { functionUrlAddress, functionUrlId } from '../function-url-address.ts';
import { generatedName, generatedUuid } from '../physical-names.ts';
import { type IdentitySource, type ResourceTypes, tagsAreInert } from '../resource-type.ts';

const noTracesReason = 'the local runtime collects no traces';

/** Types that run code or route events: functions, state machines, buses and rules. */
export const computeTypes: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
  'AWS::Lambda::Function': {
    identity: functionIdentity,
    honoured: [
      'FunctionName',
      'Code.S3Bucket',
      'Code.S3Key',
      'Code.ImageUri',
      'PackageType',
      'ImageConfig.Command',
      'ImageConfig.EntryPoint',
      'Code.ZipFile',
      'Handler',
      'Runtime',
      'Role',
      'MemorySize',
      'Timeout',
      'Environment.Variables.*',
      'ReservedConcurrentExecutions',
      'LoggingConfig.LogGroup',
    ],
    inert: {
      ...tagsAreInert,
      Architectures: 'the code runs on the processor of this machine',
      Description: 'a label',
      'EphemeralStorage.Size': 'functions use the disk of this machine',
      TracingConfig: noTracesReason,
      RecursiveLoop: 'no loop is detected locally',
      'ImageConfig.WorkingDirectory': 'the program of an image runs in the folder of its Dockerfile',
      'LoggingConfig.LogFormat': 'lines of services are stored as text',
      'LoggingConfig.ApplicationLogLevel': 'all lines are stored',
      'LoggingConfig.SystemLogLevel': 'all lines are stored',
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
      'ScalingConfig.MaximumConcurrency',
      'StartingPosition',
    ],
    inert: {
      ...tagsAreInert,
      'MetricsConfig.Metrics': 'the local runtime collects no metrics',
      ParallelizationFactor: 'a local stream is read in order and not in parallel',
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
      ...tagsAreInert,
      LoggingConfiguration: 'executions are stored in the data folder',
      TracingConfiguration: noTracesReason,
    },
  },
  'AWS::Events::EventBus': {
    identity: busIdentity,
    honoured: ['Name'],
    inert: { ...tagsAreInert, Description: 'a label' },
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
    inert: { ...tagsAreInert, Description: 'a label' },
  },
};

function functionIdentity(source: IdentitySource) {
  const name = source.text('FunctionName') ?? generatedName(source, 64);
  const arn = `arn:aws:lambda:${source.region}:${source.accountId}:function:${name}`;
  return { ref: name, arn, attributes: { Arn: arn } };
}

/**
 * The target of a function URL is a function's name or ARN. `Ref` returns the function's ARN, as in
 * CloudFormation.
 */
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

/** A rule on the default bus has the bus neither in its ARN nor in the value of `Ref`. */
function ruleIdentity(source: IdentitySource) {
  const name = source.text('Name') ?? generatedName(source, 64);
  const bus = source.text('EventBusName')?.split('/').at(-1);
  const onOwnBus = bus !== undefined && bus !== 'default';
  const path = onOwnBus ? `${bus}/${name}` : name;
  const arn = `arn:aws:events:${source.region}:${source.accountId}:rule/${path}`;
  return { ref: onOwnBus ? `${bus}|${name}` : name, arn, attributes: { Arn: arn } };
}
