import { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface JobEventBusProps {
  readonly eventBusName: string;
}

/** Carries one event for each move of a job to whoever has a rule on it. */
export class JobEventBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: JobEventBusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: props.eventBusName });
  }

  grantPut(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['events:PutEvents'], resourceArns: [this.bus.eventBusArn] });
  }
}
