import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface JobDashboardProps {
  readonly dashboardName: string;
  readonly restApi: RestApi;
  readonly functions: readonly IFunction[];
  readonly publishEvents: IFunction;
  readonly stateMachines: readonly StateMachine[];
  readonly alarms: readonly IAlarm[];
}

/** One dashboard with alarms, load, latency and errors. */
export class JobDashboard extends Construct {
  constructor(scope: Construct, id: string, props: JobDashboardProps) {
    super(scope, id);
    const { restApi, functions, stateMachines } = props;
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: props.dashboardName });
    dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24 }));
    dashboard.addWidgets(
      graph('Calls', [restApi.metricCount(), restApi.metricClientError(), restApi.metricServerError()]),
      graph('Latency of calls in ms', [
        restApi.metricLatency({ statistic: Stats.p(50) }),
        restApi.metricLatency({ statistic: Stats.p(99) }),
      ]),
    );
    dashboard.addWidgets(
      graph(
        'Attempts',
        stateMachines.flatMap((stateMachine) => [stateMachine.metricStarted(), stateMachine.metricFailed()]),
      ),
      graph('Age of events when published, in ms', [
        props.publishEvents.metric('IteratorAge', { statistic: Stats.MAXIMUM }),
      ]),
    );
    dashboard.addWidgets(
      graph(
        'Errors of functions',
        functions.map((fn) => fn.metricErrors()),
      ),
      graph(
        'Duration of functions in ms, p99',
        functions.map((fn) => fn.metricDuration({ statistic: Stats.p(99) })),
      ),
    );
  }
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: 12 });
}
