import { labelOf } from '../assembly/resource-label.ts';
import type { CloudModel, Resource } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { boundConcurrency } from '../lambda/concurrency.ts';
import { readFunctions } from '../lambda/function-config.ts';
import { resourceChecks } from './resource-checks.ts';

/**
 * Returns what prevents the services from running the resources of an app as part of a model that also contains all
 * other apps. Each resource is read as its service reads it at the start.
 */
export function appFaults(app: CloudModel, whole: CloudModel): readonly string[] {
  return app.resources.flatMap((resource) => faultsOf(resource, whole));
}

/**
 * Returns why the functions of these apps, which can all run by themselves, cannot reserve their concurrency in one
 * account; undefined if they can.
 */
export function reservationFault(
  apps: readonly CloudModel[],
  accountConcurrency: number,
): string | undefined {
  const functions = new Map(apps.flatMap((app) => [...readFunctions(app)]));
  try {
    boundConcurrency(functions, accountConcurrency, () => 0);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function faultsOf(resource: Resource, whole: CloudModel): readonly string[] {
  const check = resourceChecks.get(resource.type);
  if (check === undefined) return [];
  // The readers of the services stop at the first error, so each reads one resource of the type.
  const focused: CloudModel = {
    ...whole,
    ofType: (type) => (type === resource.type ? [resource] : whole.ofType(type)),
  };
  try {
    check(focused, resource);
    return [];
  } catch (error) {
    return [`${labelOf(resource)}: ${withoutName(messageOf(error), resource)}`];
  }
}

/** Removes the name of the resource from the start of an error, because the label contains it. */
function withoutName(message: string, { stack, logicalId, type }: Resource): string {
  const name = `${stack}/${logicalId}`;
  const start = message.indexOf(name);
  if (start < 0 || !/^[A-Za-z: ]*$/.test(message.slice(0, start))) return message;
  return message
    .slice(start + name.length)
    .replace(` (${type})`, '')
    .replace(/^[:,]? /, '');
}
