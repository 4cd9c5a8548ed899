import { generatedId, generatedName } from '../physical-names.ts';
import {
  type IdentitySource,
  type ResourceType,
  type ResourceTypes,
  tagsAreInert,
} from '../resource-type.ts';

const observed = 'the local runtime has no monitoring';
const localNetworkReason = 'local code uses the network of this machine';

/**
 * Types for access control, monitoring and networks. Only access control has an effect in the local runtime.
 */
export const accountTypes: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
  'AWS::IAM::Role': {
    identity: roleIdentity,
    honoured: ['RoleName', 'Path', 'AssumeRolePolicyDocument.**', 'ManagedPolicyArns', 'Policies.**'],
    inert: {
      ...tagsAreInert,
      Description: 'a label',
      MaxSessionDuration: 'local keys are valid as long as the process runs',
    },
  },
  'AWS::IAM::Policy': {
    identity: (source) => ({ ref: source.text('PolicyName') ?? generatedName(source, 128), attributes: {} }),
    honoured: ['PolicyName', 'PolicyDocument.**', 'Roles'],
    inert: {},
  },
  'AWS::IAM::ManagedPolicy': {
    identity: managedPolicyIdentity,
    honoured: ['ManagedPolicyName', 'Path', 'PolicyDocument.**', 'Roles'],
    inert: { Description: 'a label' },
  },
  'AWS::Logs::LogGroup': inert(observed, logGroupIdentity),
  'AWS::Logs::MetricFilter': inert(observed, named),
  'AWS::Logs::QueryDefinition': inert(observed, named),
  'AWS::CloudWatch::Alarm': inert(observed, alarmIdentity),
  'AWS::CloudWatch::CompositeAlarm': inert(observed, alarmIdentity),
  'AWS::CloudWatch::Dashboard': inert(observed, named),
  'AWS::CDK::Metadata': inert('only reports the use of CDK constructs', named),
  'AWS::EC2::VPC': inert(localNetworkReason, networkIdentity('vpc', ['VpcId', 'DefaultSecurityGroup'])),
  'AWS::EC2::Subnet': inert(localNetworkReason, networkIdentity('subnet', ['SubnetId'])),
  'AWS::EC2::RouteTable': inert(localNetworkReason, networkIdentity('rtb', ['RouteTableId'])),
  'AWS::EC2::SubnetRouteTableAssociation': inert(localNetworkReason, networkIdentity('rtbassoc', ['Id'])),
  'AWS::EC2::Route': inert(localNetworkReason, networkIdentity('r', [])),
  'AWS::EC2::InternetGateway': inert(localNetworkReason, networkIdentity('igw', ['InternetGatewayId'])),
  'AWS::EC2::VPCGatewayAttachment': inert(localNetworkReason, networkIdentity('igw', [])),
  'AWS::EC2::VPCEndpoint': inert(localNetworkReason, networkIdentity('vpce', ['Id'])),
  'AWS::EC2::SecurityGroup': inert(localNetworkReason, networkIdentity('sg', ['GroupId', 'Id'])),
};

function inert(reason: string, identity: ResourceType['identity']): ResourceType {
  return { identity, honoured: [], inert: {}, inertAsWhole: reason };
}

function named(source: IdentitySource) {
  return { ref: generatedName(source, 255), attributes: {} };
}

function roleIdentity(source: IdentitySource) {
  const name = source.text('RoleName') ?? generatedName(source, 64);
  const arn = `arn:aws:iam::${source.accountId}:role${source.text('Path') ?? '/'}${name}`;
  const id = `AROA${generatedId(source, 17).toUpperCase()}`;
  return { ref: name, arn, attributes: { Arn: arn, RoleId: id } };
}

function managedPolicyIdentity(source: IdentitySource) {
  const name = source.text('ManagedPolicyName') ?? generatedName(source, 128);
  const arn = `arn:aws:iam::${source.accountId}:policy${source.text('Path') ?? '/'}${name}`;
  return { ref: arn, arn, attributes: { PolicyArn: arn } };
}

/** The `Arn` attribute of a log group ends in `:*`; the ARN itself does not. */
function logGroupIdentity(source: IdentitySource) {
  const name = source.text('LogGroupName') ?? generatedName(source, 255);
  const arn = `arn:aws:logs:${source.region}:${source.accountId}:log-group:${name}`;
  return { ref: name, arn, attributes: { Arn: `${arn}:*` } };
}

function alarmIdentity(source: IdentitySource) {
  const name = source.text('AlarmName') ?? generatedName(source, 255);
  const arn = `arn:aws:cloudwatch:${source.region}:${source.accountId}:alarm:${name}`;
  return { ref: name, arn, attributes: { Arn: arn } };
}

function networkIdentity(prefix: string, idAttributes: readonly string[]) {
  return (source: IdentitySource) => {
    const ref = `${prefix}-${generatedId(source, 17)}`;
    return { ref, attributes: Object.fromEntries(idAttributes.map((name) => [name, ref])) };
  };
}
