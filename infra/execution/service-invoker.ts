import { ArnPrincipal, CompositePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Names, serviceFunctionArns } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';

/**
 * The role that the state machines assume to invoke a service. It has no other permission, so that a name
 * from a definition cannot refer to anything else. A state machine must be allowed to assume the role of a
 * task, and the role must trust it
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html).
 */
export class ServiceInvoker extends Construct {
  readonly role: Role;
  readonly #stateMachineRoles: Role[] = [];

  constructor(scope: Construct, id: string, { names }: { readonly names: Names }) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      assumedBy: new CompositePrincipal(this.#stateMachineRole(0), this.#stateMachineRole(1)),
    });
    grantWildcard(this.role, {
      actions: ['lambda:InvokeFunction'],
      resourceArn: serviceFunctionArns(Stack.of(this), names),
      reason: 'Others deploy services after this stack; the name prefix limits the permission.',
    });
  }

  /**
   * Permits the role of a state machine to assume this role. Must be called for both before the stack is
   * synthesized.
   */
  trust(stateMachineRole: Role): void {
    this.#stateMachineRoles.push(stateMachineRole);
    this.role.grantAssumeRole(stateMachineRole);
  }

  /**
   * The definition of a state machine contains this role, so the roles of the state machines are known only
   * later.
   */
  #stateMachineRole(index: number): ArnPrincipal {
    return new ArnPrincipal(
      Lazy.string({
        produce: () => {
          const role = this.#stateMachineRoles[index];
          if (role === undefined)
            throw new Error('The role that invokes services must trust both attempt state machines');
          return role.roleArn;
        },
      }),
    );
  }
}
