import type { Activity } from '../../bin/control/activity.ts';
import type { ControlClient } from '../../bin/control/control-client.ts';
import type { Screen } from '../../bin/terminal/screen.ts';
import { activityLines } from './activity-lines.ts';

/** What is printed of the activity: lines for a person, nothing, or one JSON object a line on the standard output. */
export type Output = 'lines' | 'quiet' | 'json';

interface Following {
  readonly screen: Screen;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Prints what happens in the local service until it stops or the signal aborts. */
export async function followActivity(
  control: ControlClient,
  { screen, output, signal }: Following,
): Promise<void> {
  const formatted = activityLines(screen);
  for await (const activity of control.activity(signal)) {
    if (output === 'json') process.stdout.write(`${jsonLine(activity)}\n`);
    else if (output === 'lines') for (const line of formatted.lines(activity, new Date())) screen.print(line);
  }
}

/** JSON in one line for every reader: some also split lines at the separators U+2028 and U+2029, which JSON does not escape. */
function jsonLine(activity: Activity): string {
  return JSON.stringify(activity).replace(/[\u2028\u2029]/g, (separator) =>
    separator === '\u2028' ? '\\u2028' : '\\u2029',
  );
}
