import { EventBus, type IEventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type JobEventFilter, jobEventPattern } from './event-pattern.ts';
import { SynthesisError } from './synthesis-error.ts';
import { addUndeliveredEvents, withUndeliveredEvents } from './undelivered-events.ts';

export interface JobEventsProps extends JobEventFilter {
  /** Errand's bus or its name. Default: `errand-events`, the bus of a stack with the default prefix. */
  readonly bus?: IEventBus | string;
  readonly target?: IRuleTarget;
  /** At most 5 together with `target` and `addTarget`. */
  readonly targets?: readonly IRuleTarget[];
  readonly description?: string;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const maxTargets = 5;

/**
 * Sends the events of jobs to targets, optionally only those of some services and states. Events that EventBridge could
 * not deliver are kept for 14 days in a queue, unless the target has its own dead-letter queue. Throws `SynthesisError`
 * for a filter that EventBridge would not accept, and for too many targets.
 */
export class JobEvents extends Construct {
  readonly rule: Rule;
  #undelivered: Queue | undefined;
  #targetCount = 0;

  constructor(scope: Construct, id: string, props: JobEventsProps = {}) {
    super(scope, id);
    const bus = props.bus ?? 'errand-events';
    this.rule = new Rule(this, 'Rule', {
      eventBus: typeof bus === 'string' ? EventBus.fromEventBusName(this, 'Bus', bus) : bus,
      eventPattern: jobEventPattern(this.node.path, props),
      ...(props.description === undefined ? {} : { description: props.description }),
    });
    for (const target of [...(props.target === undefined ? [] : [props.target]), ...(props.targets ?? [])])
      this.addTarget(target);
  }

  /** The queue of undelivered events; undefined if every target has its own dead-letter queue. */
  get undelivered(): Queue | undefined {
    return this.#undelivered;
  }

  /** Adds a target. A rule has at most 5. */
  addTarget(target: IRuleTarget): void {
    if (this.#targetCount === maxTargets)
      throw new SynthesisError(
        `${this.node.path}: It has more than ${maxTargets} targets, and EventBridge accepts at most ${maxTargets} for a rule: add another JobEvents with the same filter.`,
      );
    this.#targetCount += 1;
    this.rule.addTarget(
      withUndeliveredEvents(target, () => {
        this.#undelivered ??= addUndeliveredEvents(this);
        return this.#undelivered;
      }),
    );
  }
}
