import type { AwsResponse, CloudModel, Principal, Resource } from '../cloud.ts';
import type { TableNames } from '../dynamodb/engine-names.ts';
import type { WrittenRequest } from './client-request.ts';

/**
 * What a thread needs to serve the AWS calls of its function without HTTP to the endpoint. It checks the permissions of DynamoDB's
 * calls itself and sends them to the engine over connections of its own, which spares the main thread most of its work. All members
 * can be sent to a thread.
 */
export interface DirectCalls {
  /** Address of the AWS endpoint, to which the function's SDK clients send their requests. */
  readonly endpoint: string;
  /** The function's own key. Calls that are signed with another key go to the endpoint, which checks their signature. */
  readonly accessKeyId: string;
  readonly principal: Principal;
  /** Signing names of the services whose calls are passed to the main thread as messages. */
  readonly services: readonly string[];
  readonly accountId: string;
  readonly region: string;
  /** The resources that decide about permissions: the function's role, the policies of the app, and the tables. */
  readonly resources: readonly Resource[];
  readonly tables: readonly TableNames[];
  readonly engineUrl: string;
  /** Shared with the main thread: 1 while every call must pass the endpoint, because it injects faults or records calls. */
  readonly detour: Int32Array;
  /** Shared with the main thread: 1 for a table, by its index in `tables`, whose last write the main thread has not yet noticed. */
  readonly written: Int32Array;
}

/** What a thread asks of the main thread. */
export interface MainThread {
  /** Reports that a table was written to: its stream has new records. */
  written(streamArn: string): void;
  /** Writes a line to the log of the runtime: a denied call, or a failure of the runtime itself. */
  log(line: string): void;
  /** Executes a call of a service, after a check of its permissions. Never rejects. */
  call(service: string, request: WrittenRequest): Promise<AwsResponse>;
}

/** The direct calls of a function, with the part of them that the main thread serves. */
export interface DirectFunction {
  readonly calls: DirectCalls;
  readonly main: MainThread;
  /** Called when a thread has ended, which may have happened between a write and its report. */
  threadEnded(): void;
}

/** The part of `DirectCalls` that is the same for all functions. */
export type SharedCalls = Pick<
  DirectCalls,
  'endpoint' | 'services' | 'tables' | 'engineUrl' | 'detour' | 'written'
>;

/** The function whose calls are served in its threads. */
export interface DirectCaller {
  readonly accessKeyId: string;
  readonly functionName: string;
  readonly roleArn: string;
}

/** Builds the settings for the threads of a function. */
export function directCalls(model: CloudModel, shared: SharedCalls, caller: DirectCaller): DirectCalls {
  const { accessKeyId, functionName: sessionName, roleArn } = caller;
  return {
    ...shared,
    accessKeyId,
    principal: { kind: 'role', roleArn, sessionName },
    accountId: model.accountId,
    region: model.region,
    resources: decidingResources(model, roleArn),
  };
}

function decidingResources(model: CloudModel, roleArn: string): readonly Resource[] {
  const policies = [...model.ofType('AWS::IAM::Policy'), ...model.ofType('AWS::IAM::ManagedPolicy')];
  return [
    ...model.ofType('AWS::IAM::Role').filter(({ arn }) => arn === roleArn),
    ...policies,
    ...model.ofType('AWS::DynamoDB::Table'),
  ];
}
