import { z } from 'zod';
import type { Activity } from '../../bin/control/activity.ts';
import type { Screen, Style } from '../../bin/terminal/screen.ts';

/** Formats activities as lines of a terminal, with the time since the submission of a job at its end. */
export interface ActivityLines {
  lines(activity: Activity, now: Date): readonly string[];
}

const styles: Readonly<Record<string, Style>> = {
  succeeded: 'green',
  failed: 'red',
  error: 'red',
  aborted: 'yellow',
};

/** Jobs whose start is remembered: an older one ends without a duration. */
const rememberedJobs = 10_000;

export function activityLines(screen: Pick<Screen, 'style'>): ActivityLines {
  const submittedAt = new Map<string, number>();
  const remember = (jobId: string, at: number): number => {
    const known = submittedAt.get(jobId);
    if (known !== undefined) return known;
    submittedAt.set(jobId, at);
    const [oldest] = submittedAt.keys();
    if (submittedAt.size > rememberedJobs && oldest !== undefined) submittedAt.delete(oldest);
    return at;
  };
  const transition = ({ event }: Extract<Activity, { kind: 'transition' }>): string => {
    const { jobId, status, attempt, service, error } = event.data;
    const hasEnded = status in styles;
    const at = Date.parse(event.time);
    const startedAt = hasEnded ? submittedAt.get(jobId) : remember(jobId, at);
    if (hasEnded) submittedAt.delete(jobId);
    const state = screen.style(styles[status] ?? 'cyan', status);
    const details = [
      status === 'executing' ? `attempt ${attempt}` : '',
      status === 'pending' && service !== undefined ? `${service.name} ${service.version}` : '',
      hasEnded && startedAt !== undefined ? `${((at - startedAt) / 1000).toFixed(1)} s` : '',
      error === undefined ? '' : error.detail,
    ].filter((detail) => detail !== '');
    return `${shortId(jobId)}  ${[state, ...details].join('  ')}`;
  };
  return {
    lines: (activity, now) => {
      const time = screen.style('dim', clock(now));
      if (activity.kind === 'transition') return [`${time}  ${transition(activity)}`];
      const { jobId, attempt = 1, text } = activity;
      const source =
        jobId === undefined ? activity.source : `${shortId(jobId)}${attempt > 1 ? ` #${attempt}` : ''}`;
      return readable(text).map((line) => `${time}  ${source}  ${screen.style('dim', '|')} ${line}`);
    },
  };
}

/** What Lambda's runtimes write about an error: the request id, and the error as JSON. */
const errorLine = /^[0-9a-f-]{36} ERROR (\{.*\})$/s;

/** Frames of the worker library, of packages and of Node.js, and the frame that identifies the invocation. */
const foreignFrame =
  /node:|[\\/]node_modules[\\/]|[\\/]worker[\\/](?:attempt|lambda)[\\/]|at Lambda invocation /;

const errorPayload = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).optional(),
});

/** An error becomes its message and the frames of the user's own code; any other line is unchanged. */
function readable(text: string): readonly string[] {
  const error = errorPayload.safeParse(parsed(errorLine.exec(text)?.[1]));
  if (!error.success) return [text];
  const { errorType, errorMessage, trace = [] } = error.data;
  const frames = trace.filter((frame) => /^\s+at /.test(frame) && !foreignFrame.test(frame));
  return [`${errorType}: ${errorMessage}`, ...frames];
}

/** A service can write a line that only looks like one of Lambda. */
function parsed(json = ''): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The last characters: ids of the same minute begin with the same ones. */
function shortId(jobId: string): string {
  return jobId.slice(-4);
}

/** Local time of the day, such as `12:01:07`. */
export function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
