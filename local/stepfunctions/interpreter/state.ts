import type { ChoiceRule } from './choice-rule.ts';
import type { Catcher, Retrier } from './error-rules.ts';
import type { Template } from './payload-template.ts';
import type { ReferencePath } from './reference-path.ts';

/** The compiled states of a machine by name. */
export interface Program {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A compiled state. `next` is the name of the state that follows; null ends the execution. */
export type State = TaskState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** What a state reads and returns of its data; a path of null stands for an empty object. */
interface Filtered {
  readonly name: string;
  readonly inputPath: ReferencePath | null;
  readonly outputPath: ReferencePath | null;
}

/** A call of a Lambda function. */
export interface TaskState extends Filtered {
  readonly type: 'Task';
  readonly parameters: Template;
  readonly resultSelector: Template;
  readonly resultPath: ReferencePath | null;
  /** Absent if the task may run without a limit of its own. */
  readonly timeoutSeconds?: number | ReferencePath;
  /** ARN of the role that the machine assumes for the call; the machine's own role if absent. */
  readonly credentialsRoleArn?: string;
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
  readonly next: string | null;
}

/** A choice of the state that follows. Without a matching rule and a default, it fails. */
export interface ChoiceState extends Filtered {
  readonly type: 'Choice';
  readonly rules: readonly ChoiceRule[];
  readonly default?: string;
}

/** A pause, with its duration in seconds or the path of it. */
export interface WaitState extends Filtered {
  readonly type: 'Wait';
  readonly seconds: unknown;
  readonly secondsPath?: ReferencePath;
  readonly next: string | null;
}

/** A state that only transforms its input. */
export interface PassState extends Filtered {
  readonly type: 'Pass';
  readonly parameters: Template;
  /** Replaces the result of `parameters`, unless undefined. */
  readonly result: unknown;
  readonly resultPath: ReferencePath | null;
  readonly next: string | null;
}

/** The successful end of an execution. */
export interface SucceedState extends Filtered {
  readonly type: 'Succeed';
}

/** The failed end of an execution. */
export interface FailState {
  readonly type: 'Fail';
  readonly name: string;
  readonly error?: string;
  readonly cause?: string;
}
