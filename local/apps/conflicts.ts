import { labelOf } from '../assembly/resource-label.ts';
import type { CloudModel } from '../cloud.ts';

/**
 * Returns the names and ARNs of an app that other apps in the same account already have, and which AWS would therefore
 * refuse to create.
 */
export function conflicts(app: CloudModel, others: readonly CloudModel[]): readonly string[] {
  const resources = others.flatMap((other) => other.resources);
  const stacks = new Set(resources.map(({ stack }) => stack));
  const owners = new Map(resources.flatMap((owner) => (owner.arn ? [[owner.arn, owner] as const] : [])));
  const sameStacks = [...new Set(app.resources.map(({ stack }) => stack))].filter((name) => stacks.has(name));
  const sameArns = app.resources.flatMap((resource) => {
    const owner = resource.arn === undefined ? undefined : owners.get(resource.arn);
    return owner === undefined
      ? []
      : [`${labelOf(resource)}: ${owner.stack}/${owner.logicalId} already has the ARN ${resource.arn}`];
  });
  return [...sameStacks.map((name) => `another app already has a stack ${name}`), ...sameArns];
}
