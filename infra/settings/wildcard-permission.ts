import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface WildcardPermission {
  /** Without wildcards. */
  readonly actions: readonly string[];
  /** Contains a `*`. */
  readonly resourceArn: string;
  /** Why no narrower resource is possible. */
  readonly reason: string;
}

/**
 * Permits actions on a resource pattern and acknowledges this pattern. Throws when the grantee has no role in
 * this app.
 */
export function grantWildcard(grantee: IGrantable, permission: WildcardPermission): void {
  const { grantPrincipal } = grantee;
  if (!Construct.isConstruct(grantPrincipal))
    throw new Error('Only a role of this app can be granted a wildcard');
  Grant.addToPrincipal({ grantee, actions: [...permission.actions], resourceArns: [permission.resourceArn] });
  acknowledgeWildcard(grantPrincipal, permission);
}

/** Acknowledges a resource pattern that another construct added to the policies of a role. */
export function acknowledgeWildcard(role: Construct, permission: Omit<WildcardPermission, 'actions'>): void {
  const resource = formatArn(Stack.of(role).resolve(permission.resourceArn));
  // `acknowledge` treats the text before `::` as the name of a plugin; cdk-nag reads this metadata itself.
  role.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {
    [`AwsSolutions-IAM5[Resource::${resource}]`]: permission.reason,
  });
}

/** Formats a resolved ARN as cdk-nag does in the names of its findings: `<LogicalId.Arn>/*`. */
function formatArn(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'object' && resolved !== null) {
    if ('Ref' in resolved) return `<${String(resolved.Ref)}>`;
    if ('Fn::GetAtt' in resolved && Array.isArray(resolved['Fn::GetAtt'])) {
      return `<${resolved['Fn::GetAtt'].join('.')}>`;
    }
    if ('Fn::Join' in resolved && Array.isArray(resolved['Fn::Join'])) {
      const [delimiter, parts] = resolved['Fn::Join'];
      return parts.map(formatArn).join(delimiter);
    }
  }
  throw new Error(`This is not an ARN that can be acknowledged: ${JSON.stringify(resolved)}`);
}
