import { Stack } from 'aws-cdk-lib';
import { ArnPrincipal, CompositePrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Names, serviceFunctionArns } from './names.ts';
import { grantWildcard } from './wildcard-permission.ts';

/** Roles of the routers: one a state machine, and one that both assume to invoke a service. */
export interface RouterRoles {
  readonly express: Role;
  readonly standard: Role;
  /** May invoke functions of services and nothing else, so that a name from a definition reaches nothing else. */
  readonly invoker: Role;
}

/**
 * Makes the roles. A state machine must be allowed to assume the role of a task, and the role must trust it
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html).
 */
export function routerRoles(scope: Construct, names: Names): RouterRoles {
  const assumedBy = new ServicePrincipal('states.amazonaws.com');
  const express = new Role(scope, 'ExpressRouterRole', { assumedBy });
  const standard = new Role(scope, 'StandardRouterRole', { assumedBy });
  const routers = [express, standard];
  const invoker = new Role(scope, 'ServiceInvokerRole', {
    assumedBy: new CompositePrincipal(...routers.map(({ roleArn }) => new ArnPrincipal(roleArn))),
  });
  for (const router of routers) invoker.grantAssumeRole(router);
  grantWildcard(invoker, {
    actions: ['lambda:InvokeFunction'],
    resourceArn: serviceFunctionArns(Stack.of(scope), names),
    reason: 'Services are deployed by others after this stack; the name prefix is what permits them.',
  });
  return { express, standard, invoker };
}
