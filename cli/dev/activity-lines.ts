import type { Activity } from '../../bin/control/activity.ts';
import type { Screen, Style } from '../../bin/terminal/screen.ts';

/** Formats activities as lines of a terminal, with the time since the submission of a job at its end. */
export interface ActivityLines {
  line(activity: Activity, now: Date): string;
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
    line: (activity, now) => {
      const time = screen.style('dim', clock(now));
      if (activity.kind === 'transition') return `${time}  ${transition(activity)}`;
      const { jobId, attempt = 1, text } = activity;
      const source =
        jobId === undefined ? activity.source : `${shortId(jobId)}${attempt > 1 ? ` #${attempt}` : ''}`;
      return `${time}  ${source}  ${screen.style('dim', '|')} ${text}`;
    },
  };
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
