import { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface JobEventBusProps {
  readonly eventBusName: string;
}

/** Delivers one event for each transition of a job to the rules on this bus. */
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
