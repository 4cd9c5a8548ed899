import type { FunctionEventWriter } from '../../logs/function-events.ts';
import type { Call } from '../call.ts';
import type { FunctionConfig } from '../function-config.ts';
import { type LogNames, logNamesOf } from '../function-environment.ts';

/** A line of output. The invocation is known only of functions that run one call at a time. */
export interface FunctionLine {
  readonly functionName: string;
  readonly requestId?: string;
  /** JSON of the invocation's event. */
  readonly event?: string;
  readonly text: string;
}

/** Receives the lines of one execution environment, and the calls that it runs. */
export interface InvocationLog {
  /** The log group and the log stream in the context of the environment's calls. */
  readonly names: LogNames;
  /** Receives a line of output, in order. */
  line(text: string): void;
  /** Records the start of a call, and its end before the returned call settles. Only for one call at a time. */
  follow(call: Call): Call;
}

/** Options of the log of an execution environment. */
export interface InvocationLogOptions {
  readonly config: FunctionConfig;
  /** Stores lines as CloudWatch Logs does; absent for functions that share their threads. */
  readonly events?: FunctionEventWriter | undefined;
  onLine(line: FunctionLine): void;
}

/**
 * Creates the log of an execution environment: a stream in the function's log group with the lines of its calls, one call after
 * the other, each between the lines START and END.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function createInvocationLog({ config, events, onLine }: InvocationLogOptions): InvocationLog {
  const names = logNamesOf(config);
  const functionName = config.name;
  let current: Call | undefined;
  const write = (...messages: readonly string[]): void => {
    const at = Date.now();
    const stream = names.logStreamName;
    events?.append(
      names.logGroupName,
      messages.map((message) => ({ stream, at, message })),
    );
  };
  const end = (requestId: string, startedAt: number): void => {
    current = undefined;
    const duration = performance.now() - startedAt;
    const report = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${duration.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(duration)} ms`,
      `Memory Size: ${config.memoryMegabytes} MB`,
    ];
    write(`END RequestId: ${requestId}`, report.join('\t'));
  };
  return {
    names,
    line: (text) => {
      write(text);
      const invocation = current && { requestId: current.requestId, event: current.payload };
      onLine({ functionName, ...invocation, text });
    },
    follow: (call) => {
      const startedAt = performance.now();
      current = call;
      write(`START RequestId: ${call.requestId} Version: $LATEST`);
      return { ...call, listener: endingListener(call, () => end(call.requestId, startedAt)) };
    },
  };
}

function endingListener({ listener }: Call, end: () => void): Call['listener'] {
  return {
    chunk: (bytes, contentType, taken) => listener.chunk(bytes, contentType, taken),
    done: (payload) => {
      end();
      listener.done(payload);
    },
    failed: (fault) => {
      end();
      listener.failed(fault);
    },
    ended: () => {
      end();
      listener.ended();
    },
  };
}
