import type { CloudModel, Resource } from '../cloud.ts';
import { isRecord, listOf } from '../json.ts';
import { type Statement, statementsOf } from './statement.ts';

/**
 * Supported managed policies of AWS. Both only permit a function to write logs or traces, which the local
 * runtime does not collect.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
 */
const awsManagedPolicies: Readonly<Record<string, readonly string[]>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess': ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
};

/**
 * Returns all statements of each role by role ARN: from inline, attached and managed policies. Throws an
 * error that names a managed policy that is neither in the app nor supported.
 */
export function rolePolicies(model: CloudModel): ReadonlyMap<string, readonly Statement[]> {
  const attached = [...model.ofType('AWS::IAM::Policy'), ...model.ofType('AWS::IAM::ManagedPolicy')];
  const managed = new Map(model.ofType('AWS::IAM::ManagedPolicy').map((policy) => [policy.ref, policy]));
  return new Map(
    model.ofType('AWS::IAM::Role').map((role) => {
      const statements = [
        ...inlineStatements(role),
        ...attached.filter((policy) => isAttached(policy, role)).flatMap(documentStatements),
        ...listOf(role.properties['ManagedPolicyArns']).flatMap((arn) =>
          managedStatements(String(arn), role, managed),
        ),
      ];
      return [role.arn ?? role.ref, statements];
    }),
  );
}

function inlineStatements(role: Resource): readonly Statement[] {
  return listOf(role.properties['Policies']).flatMap((policy) =>
    isRecord(policy) ? statementsOf(policy['PolicyDocument'], role.logicalId) : [],
  );
}

function isAttached(policy: Resource, role: Resource): boolean {
  return listOf(policy.properties['Roles']).includes(role.ref);
}

function documentStatements(policy: Resource): readonly Statement[] {
  return statementsOf(policy.properties['PolicyDocument'], policy.logicalId);
}

function managedStatements(
  arn: string,
  role: Resource,
  managed: ReadonlyMap<string, Resource>,
): readonly Statement[] {
  const own = managed.get(arn);
  if (own !== undefined) return documentStatements(own);
  const actions = awsManagedPolicies[arn];
  if (actions === undefined) {
    throw new Error(
      `${role.stack}/${role.logicalId} (AWS::IAM::Role): managed policy ${arn} is not supported`,
    );
  }
  return [{ effect: 'Allow', element: { Effect: 'Allow', Action: actions, Resource: '*' } }];
}
